"""The funds' tables: funds, levers, mandates with their versions and what is held of their capacity."""

from apps.investors.models.capacity import CapacityHold
from apps.investors.models.funds import Fund
from apps.investors.models.levers import Lever
from apps.investors.models.mandates import Mandate
from apps.investors.models.versions import MandateVersion

__all__ = ["CapacityHold", "Fund", "Lever", "Mandate", "MandateVersion"]

"""What a firm imports of itself: its own objects alone, each row through the service that its forms use, too."""

from apps.exchange.own.loading import Outcome, own_load
from apps.exchange.own.scope import OWN_TABLES

__all__ = ["OWN_TABLES", "Outcome", "own_load"]

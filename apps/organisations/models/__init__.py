"""Organisations, their numbers, members, invitations, keys; registrations; why others may see their data."""

from apps.organisations.models.emergencies import BreakGlass
from apps.organisations.models.grants import DisclosureGrant, UndertakingAcceptance
from apps.organisations.models.keys import ApiKey
from apps.organisations.models.members import Invitation, Membership
from apps.organisations.models.organisations import Identifier, Organisation
from apps.organisations.models.registrations import Registration, RegistrationClash

__all__ = [
    "ApiKey",
    "BreakGlass",
    "DisclosureGrant",
    "Identifier",
    "Invitation",
    "Membership",
    "Organisation",
    "Registration",
    "RegistrationClash",
    "UndertakingAcceptance",
]

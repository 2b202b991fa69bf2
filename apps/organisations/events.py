"""Facts about organisations, their members and keys."""

from kernel.events import declare

ORGANISATION_REGISTERED = declare("organisations.organisation.registered")
ORGANISATION_UPDATED = declare("organisations.organisation.updated")
ORGANISATION_STANDING_CHANGED = declare("organisations.organisation.standing_changed")
MEMBERSHIP_ADDED = declare("organisations.membership.added")
API_KEY_CREATED = declare("organisations.api_key.created")
API_KEY_REVOKED = declare("organisations.api_key.revoked")

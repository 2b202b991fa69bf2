"""Facts about people's accounts."""

from kernel.events import declare

USER_CREATED = declare("accounts.user.created")
USER_UPDATED = declare("accounts.user.updated")
USER_ERASED = declare("accounts.user.erased")
USER_EXPORTED = declare("accounts.user.exported")
EMAIL_CONFIRMED = declare("accounts.email.confirmed")
EMAIL_CHANGED = declare("accounts.email.changed")
PASSWORD_CHANGED = declare("accounts.password.changed")
PASSWORD_RESET = declare("accounts.password.reset")
SECOND_FACTOR_ADDED = declare("accounts.second_factor.added")
SECOND_FACTOR_REMOVED = declare("accounts.second_factor.removed")
SESSION_STARTED = declare("accounts.session.started")
SESSION_STEPPED_UP = declare("accounts.session.stepped_up")
SESSION_ENDED = declare("accounts.session.ended")
SESSION_REVOKED = declare("accounts.session.revoked")

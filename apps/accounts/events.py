"""Facts about people's accounts."""

from kernel.events import declare

USER_CREATED = declare("accounts.user.created")

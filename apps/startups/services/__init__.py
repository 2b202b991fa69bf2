"""What firms do in the registry: state, publish, log their development, raise money."""

from apps.startups.services.capabilities import (
    ComponentLineIn,
    capability_archive,
    capability_create,
    capability_publish,
    capability_update,
    components_replace,
)
from apps.startups.services.development import development_event_record
from apps.startups.services.firms import financials_state, firm_own, firm_register, firm_update
from apps.startups.services.raises import (
    raise_close,
    raise_commit_partly,
    raise_create,
    raise_open,
    raise_reopen,
    raise_update,
    raise_withdraw,
)

__all__ = [
    "ComponentLineIn",
    "capability_archive",
    "capability_create",
    "capability_publish",
    "capability_update",
    "components_replace",
    "development_event_record",
    "financials_state",
    "firm_own",
    "firm_register",
    "firm_update",
    "raise_close",
    "raise_commit_partly",
    "raise_create",
    "raise_open",
    "raise_reopen",
    "raise_update",
    "raise_withdraw",
]

"""What firms do in the registry: state, publish, log their development, raise money."""

from apps.startups.services.bills import ComponentLineIn, components_replace
from apps.startups.services.capabilities import (
    capability_archive,
    capability_create,
    capability_publish,
    capability_update,
)
from apps.startups.services.capability_evidence import CodificationIn, DocumentIn, StandardIn
from apps.startups.services.development import development_event_record
from apps.startups.services.export_control import codification_confirm, export_class_confirm
from apps.startups.services.firms import (
    financials_state,
    financials_withdraw,
    firm_own,
    firm_register,
    firm_update,
)
from apps.startups.services.raises import (
    raise_checked,
    raise_close,
    raise_commit_partly,
    raise_create,
    raise_evidence_lost,
    raise_open,
    raise_reopen,
    raise_update,
    raise_withdraw,
)
from apps.startups.services.starts import start_publish, start_save

__all__ = [
    "CodificationIn",
    "ComponentLineIn",
    "DocumentIn",
    "StandardIn",
    "capability_archive",
    "capability_create",
    "capability_publish",
    "capability_update",
    "codification_confirm",
    "components_replace",
    "development_event_record",
    "export_class_confirm",
    "financials_state",
    "financials_withdraw",
    "firm_own",
    "firm_register",
    "firm_update",
    "raise_checked",
    "raise_close",
    "raise_commit_partly",
    "raise_create",
    "raise_evidence_lost",
    "raise_open",
    "raise_reopen",
    "raise_update",
    "raise_withdraw",
    "start_publish",
    "start_save",
]

"""Reading the registry: rows with the viewer's tier and all that an answer shows of them."""

from apps.startups.selectors.attestations import (
    attestation_list,
    attestation_request_list,
    attestations_of,
    attestor_address_list,
    attestor_admission_list,
    self_attestation_list,
)
from apps.startups.selectors.bills import (
    BillSaysNothing,
    LineShare,
    Origin,
    bill_list,
    component_list,
    origin_of,
    substitution_find,
)
from apps.startups.selectors.capabilities import capability_documents, capability_list, export_class_list
from apps.startups.selectors.development import development_event_list, development_event_rows, event_logs
from apps.startups.selectors.firms import financials_list, firm_group, firm_list, group_countries
from apps.startups.selectors.raises import raise_list
from apps.startups.selectors.readiness import firm_state
from apps.startups.selectors.teasers import face_parts, teaser_list

__all__ = [
    "BillSaysNothing",
    "LineShare",
    "Origin",
    "attestation_list",
    "attestation_request_list",
    "attestations_of",
    "attestor_address_list",
    "attestor_admission_list",
    "bill_list",
    "capability_documents",
    "capability_list",
    "component_list",
    "development_event_list",
    "development_event_rows",
    "event_logs",
    "export_class_list",
    "face_parts",
    "financials_list",
    "firm_group",
    "firm_list",
    "firm_state",
    "group_countries",
    "origin_of",
    "raise_list",
    "self_attestation_list",
    "substitution_find",
    "teaser_list",
]

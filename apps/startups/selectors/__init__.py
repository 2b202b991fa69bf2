"""Reading the registry: rows with the viewer's tier and all that an answer shows of them."""

from apps.startups.selectors.capabilities import capability_list, component_list
from apps.startups.selectors.development import development_event_list
from apps.startups.selectors.firms import financials_list, firm_list
from apps.startups.selectors.raises import raise_list
from apps.startups.selectors.teasers import face_parts, teaser_list

__all__ = [
    "capability_list",
    "component_list",
    "development_event_list",
    "face_parts",
    "financials_list",
    "firm_list",
    "raise_list",
    "teaser_list",
]

"""Facts about firms, capabilities, development and raises."""

from kernel.events import declare

FIRM_REGISTERED = declare("startups.firm.registered")
FIRM_UPDATED = declare("startups.firm.updated")
FINANCIALS_STATED = declare("startups.financials.stated")
CAPABILITY_CREATED = declare("startups.capability.created")
CAPABILITY_UPDATED = declare("startups.capability.updated")
CAPABILITY_PUBLISHED = declare("startups.capability.published")
CAPABILITY_ARCHIVED = declare("startups.capability.archived")
DEVELOPMENT_EVENT_RECORDED = declare("startups.development_event.recorded")
RAISE_CREATED = declare("startups.raise.created")
RAISE_UPDATED = declare("startups.raise.updated")
RAISE_OPENED = declare("startups.raise.opened")
RAISE_PARTLY_COMMITTED = declare("startups.raise.partly_committed")
RAISE_REOPENED = declare("startups.raise.reopened")
RAISE_CLOSED = declare("startups.raise.closed")
RAISE_WITHDRAWN = declare("startups.raise.withdrawn")

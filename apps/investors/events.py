"""Facts about funds, levers, mandates and what is held of their capacity."""

from kernel.events import declare

FUND_REGISTERED = declare("investors.fund.registered")
FUND_UPDATED = declare("investors.fund.updated")
LEVER_CREATED = declare("investors.lever.created")
LEVER_UPDATED = declare("investors.lever.updated")
LEVERS_LOADED = declare("investors.levers.loaded")
MANDATE_CREATED = declare("investors.mandate.created")
MANDATE_UPDATED = declare("investors.mandate.updated")
MANDATE_ACTIVATED = declare("investors.mandate.activated")
MANDATE_PROBED = declare("investors.mandate.probed")
"""Terms were tried out that could bound what firms keep to themselves; once for each trial, `draft` where new ones."""
MANDATE_PAUSED = declare("investors.mandate.paused")
MANDATE_CLOSED = declare("investors.mandate.closed")
CAPACITY_RESERVED = declare("investors.capacity.reserved")
CAPACITY_CONSUMED = declare("investors.capacity.consumed")
CAPACITY_RELEASED = declare("investors.capacity.released")

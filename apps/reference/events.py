"""Facts about reference data."""

from kernel.events import declare

AREAS_LOADED = declare("reference.areas.loaded")
AREAS_RETIRED = declare("reference.areas.retired")

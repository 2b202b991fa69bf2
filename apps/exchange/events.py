"""Facts about imports."""

from kernel.events import declare

IMPORT_UPLOADED = declare("exchange.import.uploaded")
IMPORT_CHECKED = declare("exchange.import.checked")
IMPORT_REJECTED = declare("exchange.import.rejected")
IMPORT_CONFIRMED = declare("exchange.import.confirmed")
IMPORT_LOADED = declare("exchange.import.loaded")
IMPORT_FAILED = declare("exchange.import.failed")

IMPORT_TOUCHED = declare("exchange.import.touched")
"""What a loaded import did to one organisation; the fact stands in that organisation's own trail."""

"""Facts about imports and exports."""

from kernel.events import declare

IMPORT_UPLOADED = declare("exchange.import.uploaded")
IMPORT_CHECKED = declare("exchange.import.checked")
IMPORT_REJECTED = declare("exchange.import.rejected")
IMPORT_CONFIRMED = declare("exchange.import.confirmed")
IMPORT_LOADED = declare("exchange.import.loaded")
IMPORT_FAILED = declare("exchange.import.failed")

EXPORT_REQUESTED = declare("exchange.export.requested")
EXPORT_STARTED = declare("exchange.export.started")
EXPORT_READY = declare("exchange.export.ready")
EXPORT_FAILED = declare("exchange.export.failed")
EXPORT_CANCELLED = declare("exchange.export.cancelled")
EXPORT_EXPIRED = declare("exchange.export.expired")
EXPORT_DOWNLOADED = declare("exchange.export.downloaded")

IMPORT_TOUCHED = declare("exchange.import.touched")
"""What a loaded import did to one organisation; the fact stands in that organisation's own trail."""

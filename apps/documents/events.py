"""Facts about documents."""

from kernel.events import declare

UPLOAD_OPENED = declare("documents.upload.opened")
UPLOAD_COMPLETED = declare("documents.upload.completed")
UPLOAD_FINISHED = declare("documents.upload.finished")
UPLOAD_FAILED = declare("documents.upload.failed")
UPLOAD_ABORTED = declare("documents.upload.aborted")
UPLOAD_EXPIRED = declare("documents.upload.expired")
UPLOAD_CLASSIFIED = declare("documents.upload.classified")

DOCUMENT_CREATED = declare("documents.document.created")
DOCUMENT_UPDATED = declare("documents.document.updated")
DOCUMENT_READ = declare("documents.document.read")
DOCUMENT_WITHDRAWN = declare("documents.document.withdrawn")

VERSION_RECEIVED = declare("documents.version.received")
VERSION_CLEARED = declare("documents.version.cleared")
VERSION_BLOCKED = declare("documents.version.blocked")
VERSION_WITHDRAWN = declare("documents.version.withdrawn")
VERSION_DESTROYED = declare("documents.version.destroyed")
VERSION_DAMAGED = declare("documents.version.damaged")

ACCESS_GIVEN = declare("documents.access.given")
ACCESS_ENDED = declare("documents.access.ended")

VAULT_CREATED = declare("documents.vault.created")
VAULT_KEY_ADDED = declare("documents.vault.key_added")
VAULT_ROTATED = declare("documents.vault.rotated")
MASTER_KEY_ROTATED = declare("documents.master_key.rotated")

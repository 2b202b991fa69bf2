"""Documents, their versions and uploads."""

from apps.documents.models.documents import Document, DocumentAccess, DocumentVersion
from apps.documents.models.keys import Vault, VaultKey
from apps.documents.models.uploads import Upload, UploadChunk

__all__ = ["Document", "DocumentAccess", "DocumentVersion", "Upload", "UploadChunk", "Vault", "VaultKey"]

"""Segments: authenticated encryption that can be read at any offset."""

from apps.documents.encryption.reading import ContentReader
from apps.documents.encryption.segments import PLAIN, SEALED, TAG, ContentDamaged, Place, segments_of, stored_size
from apps.documents.encryption.writing import ContentWriter

__all__ = [
    "PLAIN",
    "SEALED",
    "TAG",
    "ContentDamaged",
    "ContentReader",
    "ContentWriter",
    "Place",
    "segments_of",
    "stored_size",
]

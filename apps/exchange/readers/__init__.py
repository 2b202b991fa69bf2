"""What an import comes as: a folder or ZIP of CSV files, one CSV file, or a workbook; read as sheets of text cells."""

from apps.exchange.readers.sheets import FILE, Sheet, Unreadable
from apps.exchange.readers.uploads import folder_digest, folder_open, upload_open

__all__ = ["FILE", "Sheet", "Unreadable", "folder_digest", "folder_open", "upload_open"]

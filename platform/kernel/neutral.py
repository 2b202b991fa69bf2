"""Cells that a spreadsheet would take for a formula: written with a `'` before them, read without it."""

from __future__ import annotations

import re

MARK = "'"
DANGEROUS = re.compile("[\\s\ufeff\u200b'\"]*[=+\\-@\t\r\uff1d\uff0b\uff0d\uff20]|[\ufeff\u200b'\"]*[\t\r]")
"""What a formula begins with, in both widths, also behind blanks and quotes; and cells that begin with a tab or CR."""


def neutral(text: str) -> str:
    """The text as a cell that no spreadsheet computes; `stated` gives back exactly the text."""
    return MARK + text if DANGEROUS.match(text) else text


def stated(cell: str) -> str:
    """The text that a cell stands for: the mark is taken off again where it keeps a formula from being one."""
    return cell[1:] if cell.startswith(MARK) and DANGEROUS.match(cell[1:]) else cell

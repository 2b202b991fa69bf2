"""The sample data: entirely fictional firms, funds and deals, written in the import format from one seed."""

from datetime import date

AS_OF = date(2026, 11, 15)
"""The sample's "today": no fact in it is later; only need-by dates and validity ends lie beyond."""

SEED = 2026
"""The seed that the kept files were written with."""

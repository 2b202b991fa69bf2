"""Places: countries and their regions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from apps.reference.codes import country_codes
from kernel.errors import FieldProblem

REGION = re.compile(r"([A-Z]{2})-[A-Z0-9]{1,3}")


def is_place(*, code: str) -> bool:
    """Whether the code is a country (ISO 3166-1 alpha-2) or has the form of a region (ISO 3166-2) of one."""
    region = REGION.fullmatch(code)
    return (region[1] if region else code) in country_codes()


def place_problems(*, codes: Sequence[str], pointer: str, name: str = "") -> list[FieldProblem]:
    """Codes that are no places; `pointer` leads to the list, `name` from its items to the code."""
    tail = f"/{name}" if name else ""
    return [
        FieldProblem(f"{pointer}/{index}{tail}", "invalid", "A country (ISO 3166-1) or region (3166-2).")
        for index, code in enumerate(codes)
        if not is_place(code=code)
    ]

"""Whether a register's number is well-formed."""

from __future__ import annotations

from stdnum import lei
from stdnum.eu import vat
from stdnum.ua import edrpou, rntrc

from apps.organisations.states import Scheme

_CHECKED = {
    Scheme.EDRPOU: edrpou.validate,
    Scheme.RNTRC: rntrc.validate,
    Scheme.LEI: lei.validate,
    Scheme.EU_VAT: vat.validate,
}
MAX_IDENTIFIER = 40
LEI_LENGTH = 20
"""ISO 17442; its check digits alone let shorter texts pass."""


def identifier_clean(*, scheme: str, value: str) -> str | None:
    """The number in its register's own form, None when its checksum fails; where there is none it is only trimmed."""
    number = value.strip()
    if not 0 < len(number) <= MAX_IDENTIFIER:
        return None
    check = _CHECKED.get(Scheme(scheme))
    if check is None:
        return number
    try:
        clean = check(number)
    except (ValueError, IndexError, KeyError):  # texts that are no numbers at all break some registers' checks
        return None
    return None if scheme == Scheme.LEI and len(clean) != LEI_LENGTH else clean

"""Codes that stand for attestors' seats: random, without ambiguous letters, with a check character."""

from __future__ import annotations

from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""31 characters, a prime number: every single slip and every swap of two characters changes the weighted sum."""
LENGTH = 13
"""12 random characters, about 59 bits, and the check character."""
CODE_FORM = f"^[{ALPHABET}]{{{LENGTH}}}$"
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_GROUP = 4


def code_make(*, draw: Callable[[int], int]) -> str:
    """A new code; `draw(n)` gives a random number below n."""
    digits = [draw(len(ALPHABET)) for _ in range(LENGTH - 1)]
    check = -_weighted(digits) * pow(LENGTH, -1, len(ALPHABET)) % len(ALPHABET)
    return "".join(ALPHABET[digit] for digit in (*digits, check))


def code_clean(*, text: str) -> str | None:
    """The code that a text means, in whatever case and grouping; None when it is none or its check fails."""
    code = text.strip().upper().translate(_MEANT)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        return None
    return code if _weighted([ALPHABET.index(letter) for letter in code]) % len(ALPHABET) == 0 else None


def code_grouped(*, code: str) -> str:
    """The code as people read it: `4K7Q-M0D3-X9AB-2`."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _weighted(digits: list[int]) -> int:
    return sum(place * digit for place, digit in enumerate(digits, start=1))

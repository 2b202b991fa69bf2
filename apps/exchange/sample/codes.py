"""Registry codes with true check digits, out of ranges that no registry has reached."""

import random


def edrpou(*, stem: int) -> str:
    """Complete seven digits to an eight-digit code of the Ukrainian register (EDRPOU).

    Weights 1…7 (codes from 30 to 60 million: 7, 1…6), modulo 11; a remainder of ten is taken again with every weight
    two higher, and ten then counts as zero.
    """
    digits = [int(digit) for digit in f"{stem:07d}"]
    weights = [7, 1, 2, 3, 4, 5, 6] if digits[0] in {3, 4, 5} else [1, 2, 3, 4, 5, 6, 7]
    check = sum(w * d for w, d in zip(weights, digits, strict=True)) % 11
    if check == 10:
        check = sum((w + 2) * d for w, d in zip(weights, digits, strict=True)) % 11 % 10
    return f"{stem:07d}{check}"


def edrpou_unused(rng: random.Random, taken: set[str]) -> str:
    """Draw a code from 58 or 97–99 million, where the register has not arrived, and add it to the taken ones."""
    while True:
        low, high = rng.choice([(5_800_000, 5_899_999), (9_700_000, 9_999_999)])
        code = edrpou(stem=rng.randint(low, high))
        if code not in taken:
            taken.add(code)
            return code


def lei(*, stem: str) -> str:
    """Complete eighteen characters to a legal entity identifier: ISO 17442, check digits by ISO 7064 MOD 97-10."""
    number = int("".join(str(int(character, 36)) for character in f"{stem}00"))
    return f"{stem}{98 - number % 97:02d}"

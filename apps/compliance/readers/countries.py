"""Names of countries as lists write them, as ISO 3166-1 alpha-2 codes."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable

import pycountry

OTHER = {
    "bolivia": "BO",
    "bosnia": "BA",
    "british virgin islands": "VG",
    "brunei": "BN",
    "burma": "MM",
    "burma (myanmar)": "MM",
    "cape verde": "CV",
    "china (hong kong)": "HK",
    "congo": "CG",
    "congo (democratic republic)": "CD",
    "congo, democratic republic of the": "CD",
    "congo, republic of the": "CG",
    "cote d'ivoire": "CI",
    "crimea": "UA",
    "crimea, ukraine": "UA",
    "czech republic": "CZ",
    "democratic people's republic of korea": "KP",
    "democratic republic of the congo": "CD",
    "east timor": "TL",
    "falkland islands": "FK",
    "gambia, the": "GM",
    "great britain": "GB",
    "hong kong (china)": "HK",
    "iran": "IR",
    "iran (islamic republic of)": "IR",
    "islamic republic of iran": "IR",
    "ivory coast": "CI",
    "kosovo": "XK",
    "laos": "LA",
    "macau": "MO",
    "macedonia": "MK",
    "micronesia": "FM",
    "moldova": "MD",
    "north korea": "KP",
    "occupied palestinian territories": "PS",
    "palestine": "PS",
    "palestinian": "PS",
    "palestinian territories": "PS",
    "region: crimea": "UA",
    "republic of korea": "KR",
    "russia": "RU",
    "saint kitts and nevis": "KN",
    "south korea": "KR",
    "st kitts and nevis": "KN",
    "st vincent": "VC",
    "swaziland": "SZ",
    "syria": "SY",
    "taiwan": "TW",
    "tanzania": "TZ",
    "the gambia": "GM",
    "the netherlands": "NL",
    "turkey": "TR",
    "uk": "GB",
    "united states": "US",
    "united states of america": "US",
    "usa": "US",
    "uae": "AE",
    "vatican city": "VA",
    "venezuela": "VE",
    "vietnam": "VN",
    "virgin islands, british": "VG",
    "west bank": "PS",
}
"""Names beside those of the standard, folded."""


def countries_of(values: Iterable[str | None]) -> tuple[str, ...]:
    """The codes of countries given by name or code, each once; what is no country is left out."""
    found = (country_of(value) for value in values if value)
    return tuple(dict.fromkeys(code for code in found if code))


@functools.lru_cache(maxsize=4096)
def country_of(value: str) -> str | None:
    """The code of a country given by name or alpha-2 code in either case; None when there is no such country."""
    return _known().get(_folded(value[:200]))


@functools.cache
def _known() -> dict[str, str]:
    known = dict(OTHER)
    for country in pycountry.countries:
        code = str(country.alpha_2)
        for name in ("name", "official_name", "common_name", "alpha_2"):
            shown = getattr(country, name, None)
            if shown:
                known[_folded(shown)] = code
    known["xk"] = "XK"
    return known


def _folded(text: str) -> str:
    plain = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return " ".join(plain.replace("’", "'").casefold().split()).strip(" .;")

"""Reading JSON bodies: strict about numbers that nothing can hold and about names given twice."""

from __future__ import annotations

import json
import math
from typing import IO, Any

from rest_framework.parsers import JSONParser

from kernel.api.problems import BodyMalformed

MAX_DIGITS = 100


class StrictJSONParser(JSONParser):
    """JSON in UTF-8; NaN, infinities, endless numbers and repeated names are malformed."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - the framework's signature
        parser_context: Any = None,  # noqa: ARG002 - the framework's signature
    ) -> Any:
        try:
            text = stream.read().decode("utf-8")
            return json.loads(
                text,
                parse_constant=_no_constant,
                parse_float=_finite,
                parse_int=_whole,
                object_pairs_hook=_named_once,
            )
        except (ValueError, RecursionError):
            raise BodyMalformed from None


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(text[:MAX_DIGITS])
    return number


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(text[:MAX_DIGITS])
    return int(text)


def _named_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found

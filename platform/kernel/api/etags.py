"""Entity tags: a keyed hash of what this viewer is served, so that a tag betrays nothing the viewer cannot see."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.crypto import constant_time_compare, salted_hmac
from rest_framework.utils.encoders import JSONEncoder

from kernel.api.problems import PreconditionFailed, PreconditionRequired

SALT = "kernel.api.etag"
TAG = re.compile(r'(?:W/)?"([\x21\x23-\x7e]*)"')


def digest_of(representation: Any) -> str:
    """The keyed hash of a representation (plain data as a serializer gives it)."""
    canonical = json.dumps(representation, cls=JSONEncoder, ensure_ascii=False, separators=(",", ":"))
    return salted_hmac(SALT, canonical, algorithm="sha256").hexdigest()[:32]


def etag_of(*, whole: Any, shown: Any = None) -> str:
    """The tag of an answer: of the whole representation, then of the part shown where the caller chose one."""
    tag = digest_of(whole)
    return f'"{tag}"' if shown is None else f'"{tag}.{digest_of(shown)}"'


def is_fresh(header: str | None, etag: str) -> bool:
    """Whether an If-None-Match header names `etag` (weak comparison, RFC 9110 section 13.1.2)."""
    if header is None:
        return False
    return header.strip() == "*" or etag.strip('"') in TAG.findall(header)


def check_match(header: str | None, *, whole: Any, is_required: bool) -> None:
    """Holds If-Match against the present representation; raises PreconditionRequired or PreconditionFailed."""
    if header is None:
        if is_required:
            raise PreconditionRequired
        return
    if header.strip() == "*" and not is_required:
        return
    present = digest_of(whole)
    if not any(constant_time_compare(tag.partition(".")[0], present) for tag in TAG.findall(header)):
        raise PreconditionFailed

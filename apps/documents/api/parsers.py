"""Reading raw bytes from a body, and the header that carries their hash."""

from __future__ import annotations

import base64
import binascii
import re
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from apps.documents.services import MAX_CHUNK
from apps.documents.streams import read_full
from kernel.api.problems import BadRequest, BodyTooLarge

CONTENT_DIGEST = re.compile(r"\s*sha-256\s*=\s*:([A-Za-z0-9+/=]{44}):\s*", re.IGNORECASE)


class DigestMissing(BadRequest):
    default_code = "digest_missing"
    default_detail = _("The Content-Digest header must carry the SHA-256 of the body: sha-256=:…:")


class BytesParser(BaseParser):
    """The body as it is. No more of it is held in memory than a chunk may have."""

    media_type = "application/octet-stream"

    def parse(  # type: ignore[override]  # the framework's stubs know of forms and JSON only
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - the framework's signature
        parser_context: Any = None,  # noqa: ARG002 - the framework's signature
    ) -> bytes:
        content = read_full(stream, MAX_CHUNK + 1)
        if len(content) > MAX_CHUNK:
            raise BodyTooLarge
        return content


def digest_of(header: str | None) -> bytes:
    """The SHA-256 that a Content-Digest header carries (RFC 9530, section 2), among others or alone.

    Raises DigestMissing.
    """
    for item in (header or "").split(","):
        found = CONTENT_DIGEST.fullmatch(item)
        if found is not None:
            try:
                return base64.b64decode(found.group(1), validate=True)
            except binascii.Error:
                break
    raise DigestMissing

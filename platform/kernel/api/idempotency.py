"""Idempotency-Key: the answer of a POST is kept in the transaction of its effect, for the same request sent again."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import connection
from django.http import HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import get_language

from kernel.access import Actor
from kernel.api.answers import IdempotentAnswer
from kernel.api.problems import (
    IdempotencyKeyInFlight,
    IdempotencyKeyMalformed,
    IdempotencyKeyRequired,
    IdempotencyKeyReused,
)

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
SALT = "kernel.api.idempotency"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
LIFETIME = dt.timedelta(hours=24)
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Retry-After")
UNSTORED = frozenset({401, 403, 412, 428, 429})
"""Answers about the caller's present standing: asked again, they may turn out otherwise, and nothing was done."""
NONCE = 12


@dataclass(frozen=True, slots=True)
class Claim:
    """One request's hold on its key: `scope` names caller, operation and key; `secret` encrypts the stored body."""

    scope: bytes
    secret: bytes
    fingerprint: bytes


def claim_of(*, request: Any, actor: Actor, is_required: bool) -> Claim | None:
    """The claim a POST makes by its header; None without one or without a caller to bind it to.

    Raises IdempotencyKeyRequired and IdempotencyKeyMalformed.
    """
    if request.method != "POST" or not actor.is_signed_in:
        return None
    key = request.headers.get(HEADER)
    if key is None:
        if is_required:
            raise IdempotencyKeyRequired
        return None
    if not KEY.fullmatch(key):
        raise IdempotencyKeyMalformed
    named = "\n".join((actor.label(), str(actor.organisation_id), request.method, request.get_full_path(), key))
    return Claim(
        scope=salted_hmac(SALT, f"scope\n{named}", algorithm="sha256").digest(),
        secret=salted_hmac(SALT, f"body\n{named}", algorithm="sha256").digest(),
        fingerprint=_fingerprint(request),
    )


def _fingerprint(request: Any) -> bytes:
    """The hash of the body; of its parts where boundaries differ from one sending to the next."""
    if not str(request.content_type).lower().startswith("multipart/"):
        return hashlib.sha256(request.body).digest()
    whole = hashlib.sha256()
    for name in sorted(request.data):
        for value in request.data.getlist(name):
            content = b"".join(value.chunks()) if hasattr(value, "chunks") else str(value).encode()
            if hasattr(value, "seek"):
                value.seek(0)
            whole.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    return whole.digest()


def answer_find(*, claim: Claim, now: dt.datetime) -> HttpResponse | None:
    """The stored answer of an earlier request with this claim, or None and the key is ours until the transaction ends.

    Raises IdempotencyKeyInFlight while another transaction holds the key, IdempotencyKeyReused for another body.
    """
    number = int.from_bytes(claim.scope[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        row = cursor.fetchone()
    if row is None or not row[0]:
        raise IdempotencyKeyInFlight
    stored = IdempotentAnswer.objects.filter(scope=claim.scope).first()
    if stored is None:
        return None
    if stored.created_at <= now - LIFETIME:
        stored.delete()
        return None
    if not constant_time_compare(bytes(stored.fingerprint), claim.fingerprint):
        raise IdempotencyKeyReused
    return _replay(stored, claim)


def _replay(stored: IdempotentAnswer, claim: Claim) -> HttpResponse:
    sealed = bytes(stored.body)
    body = AESGCM(claim.secret).decrypt(sealed[:NONCE], sealed[NONCE:], claim.scope)
    response = HttpResponse(body, status=stored.status)
    del response["Content-Type"]
    for name, value in stored.headers.items():
        response[name] = value
    response[REPLAYED] = "true"
    return response


def is_storable(response: Any) -> bool:
    """Whether an answer is kept: below 500, complete, and not about who may ask right now."""
    return response.status_code < 500 and response.status_code not in UNSTORED and not response.streaming


def answer_store(*, claim: Claim, response: Any, now: dt.datetime) -> None:
    """Keeps a rendered answer in the transaction of its effect.

    The body is encrypted under a key made from the caller's own Idempotency-Key, so that what is shown only once is not
    kept in the clear.
    """
    nonce = os.urandom(NONCE)
    IdempotentAnswer.objects.create(
        scope=claim.scope,
        fingerprint=claim.fingerprint,
        status=response.status_code,
        headers={name: response[name] for name in KEPT_HEADERS if name in response}
        | {"Content-Language": get_language()},
        body=nonce + AESGCM(claim.secret).encrypt(nonce, bytes(response.content), claim.scope),
        created_at=now,
    )


def idempotent_answers_purge(*, now: dt.datetime) -> int:
    """Deletes the answers older than a day; returns how many."""
    deleted, _ = IdempotentAnswer.objects.filter(created_at__lte=now - LIFETIME).delete()
    return deleted

"""Signatures of messages: the specification's own example, and what does not hold."""

import base64
import datetime as dt
from typing import Any

import pytest

from apps.startups.rules.signatures import NO_SECRET, is_signed, secret_make, signature_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = "1614265330"
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
NOW = dt.datetime.fromtimestamp(1614265330, tz=dt.UTC)
GIVEN: dict[str, Any] = {
    "secret": SECRET,
    "message_id": ID,
    "timestamp": TIMESTAMP,
    "signatures": SIGNATURE,
    "body": BODY,
    "now": NOW,
}


class TestSignatureOf:
    def test_is_the_one_of_the_specification(self) -> None:
        assert signature_of(secret=SECRET, message_id=ID, timestamp=TIMESTAMP, body=BODY) == SIGNATURE

    def test_refuses_what_is_no_secret(self) -> None:
        with pytest.raises(ValueError, match="not a secret"):
            signature_of(secret="whsec_%", message_id=ID, timestamp=TIMESTAMP, body=BODY)


class TestIsSigned:
    @pytest.mark.parametrize(
        "change",
        [
            {},
            {"signatures": f"v1,AAAA {SIGNATURE}"},
            {"now": NOW + dt.timedelta(minutes=5)},
            {"now": NOW - dt.timedelta(minutes=5)},
        ],
    )
    def test_holds(self, change: dict[str, Any]) -> None:
        assert is_signed(**GIVEN | change)

    @pytest.mark.parametrize(
        "change",
        [
            {"signatures": ""},
            {"signatures": SIGNATURE.removeprefix("v1,")},
            {"signatures": SIGNATURE.replace("v1,", "v1a,")},
            {"signatures": " ".join([*["v1,AAAA"] * 8, SIGNATURE])},
            {"signatures": "v1,é"},
            {"body": BODY + b" "},
            {"message_id": "msg_other"},
            {"message_id": ""},
            {"message_id": "a b"},
            {"message_id": "x" * 201},
            {"timestamp": "1614265331"},
            {"timestamp": ""},
            {"timestamp": "-1"},
            {"timestamp": "1" * 13},
            {"timestamp": "١٦"},
            {"secret": NO_SECRET},
            {"now": NOW + dt.timedelta(minutes=5, seconds=1)},
            {"now": NOW - dt.timedelta(minutes=5, seconds=1)},
        ],
    )
    def test_does_not_hold(self, change: dict[str, Any]) -> None:
        assert not is_signed(**GIVEN | change)


class TestSecretMake:
    def test_makes_32_random_bytes(self) -> None:
        first, second = secret_make(), secret_make()

        assert first != second
        assert len(base64.b64decode(first.removeprefix("whsec_"), validate=True)) == 32

"""Quotes of the cost of capital."""

from __future__ import annotations

from tests.authorisation.scenes import ATTESTOR, EVERY_KIND, OPERATOR, scene

UNVERIFIED = {f"{kind} owner, registered": 403 for kind in EVERY_KIND if kind not in {ATTESTOR, OPERATOR}}
ASKED = {
    "capital_class": "debt",
    "amount": {"amount": "3000000.00", "currency": "EUR"},
    "offer": {"rate": "0.09", "currency": "EUR"},
}

scene("POST /capital-cost/quote", body=ASKED, refused=UNVERIFIED)

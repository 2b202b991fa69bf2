"""What the members of authorities and attestors may do, by role."""

import pytest

from tests.authorisation.duties import ANSWERS, GUARDS, KEEPS, PAPERS, RULES, SEARCHES, SIGNS
from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db

LOOKS = """
    GET /organisations
    GET /organisations/{id}
    GET /undertaking
    GET /teasers
    GET /teasers/{id}
    GET /deal-flow
    GET /deal-flow/compare
    GET /deal-flow/compare.csv
    GET /investor-teasers
    GET /investor-teasers/{id}
    GET /startups
    GET /startups/{id}
    GET /startups/{id}/speed
    GET /startups/{id}/speed/history
    GET /investors
    GET /investors/{id}
    GET /scoring-models
    GET /scoring-models/{id}
    GET /jobs
    GET /jobs/{id}
"""
REVIEWS = """
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
    GET /disclosure-grants
    GET /startups/{id}/financials
    GET /capabilities
    GET /capabilities/{id}
    GET /capabilities/{id}/speed
    GET /capabilities/{id}/speed/history
    GET /capabilities/{id}/components
    GET /capabilities/{id}/origin
    POST /capabilities/{id}/origin/substitutions
    POST /capital-cost/quote
    GET /raises
    GET /raises/{id}
    GET /levers
    GET /levers/{id}
"""
MEMBERS = """
    GET /disclosure-grants
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
"""


READS_WORDS = """
    GET /development-events/{id}/attestation-requests
    GET /development-events/{id}/attestations
    GET /attestation-requests
    GET /attestation-requests/{id}
    GET /attestations
    GET /attestations/{id}
    GET /attestor-seats
    GET /attestor-seats/{id}
    GET /attestor-admissions
    GET /attestor-admissions/{id}
"""
ATTESTS = (
    READS_WORDS
    + """
    POST /attestation-requests/{id}/confirm
    POST /attestation-requests/{id}/refuse
    POST /attestation-requests/{id}/amend
    POST /attestations/{id}/withdraw
    POST /attestor-events
    POST /attestor-seats
    POST /attestor-seats/{id}/disable
"""
)
"""Giving one's word on firms' events."""


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", LOOKS + REVIEWS + SEARCHES + RULES + GUARDS + PAPERS + KEEPS + ANSWERS + ATTESTS),
        ("signatory", LOOKS + REVIEWS + SEARCHES + SIGNS + PAPERS),
        ("officer", LOOKS + REVIEWS + SEARCHES + PAPERS + KEEPS + ATTESTS),
        ("reviewer", LOOKS + REVIEWS + SEARCHES + READS_WORDS),
        ("viewer", LOOKS + REVIEWS + SEARCHES + READS_WORDS),
        ("editor", ""),
        ("compliance", ""),
    ],
)
class TestAuthority:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(OrganisationFactory(kind="authority", country="EE"), role)

        assert verdicts(client, allowed) == NOTHING


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", LOOKS + MEMBERS + RULES + GUARDS + PAPERS + KEEPS + ANSWERS + ATTESTS),
        ("editor", LOOKS + PAPERS + KEEPS + ATTESTS),
        ("viewer", LOOKS + READS_WORDS),
        ("signatory", ""),
        ("officer", ""),
        ("reviewer", ""),
        ("compliance", ""),
    ],
)
class TestAttestor:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(OrganisationFactory(kind="attestor"), role)

        assert verdicts(client, allowed) == NOTHING

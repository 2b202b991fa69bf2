"""What the members of a fund may do, by role."""

import pytest

from tests.authorisation.duties import ANSWERS, GUARDS, KEEPS, PAPERS, READS, RULES, SIGNS
from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.investors import FundFactory

pytestmark = pytest.mark.django_db

SEES = (
    READS
    + """
    GET /disclosure-grants
    GET /levers
    GET /levers/{id}
    GET /matches
    GET /matches/{id}/explanation
"""
)
STATES = """
    PATCH /investors/{id}
    POST /levers
    PATCH /levers/{id}
    POST /mandates
    PATCH /mandates/{id}
    POST /mandates/{id}/activate
    POST /mandates/{id}/pause
    POST /mandates/{id}/close
    POST /jobs/{id}/cancel
    GET /exports
    POST /exports
    GET /exports/{id}
    GET /exports/{id}/content
"""


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", SEES + STATES + RULES + GUARDS + PAPERS + KEEPS + ANSWERS),
        ("editor", SEES + STATES + PAPERS + KEEPS),
        ("viewer", SEES),
        ("signatory", SEES + SIGNS + PAPERS),
        ("compliance", SEES + GUARDS + PAPERS + KEEPS + ANSWERS),
        ("officer", ""),
        ("reviewer", ""),
    ],
)
class TestFund:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(FundFactory().organisation, role)

        assert verdicts(client, allowed) == NOTHING

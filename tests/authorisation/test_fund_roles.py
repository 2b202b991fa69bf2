"""What the members of a fund may do, by role."""

import pytest

from tests.authorisation.duties import ANSWERS, GUARDS, KEEPS, PAPERS, READS, RULES, SEARCHES, SIGNS
from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.investors import FundFactory

pytestmark = pytest.mark.django_db

SEES = (
    READS
    + SEARCHES
    + """
    GET /disclosure-grants
    GET /levers
    GET /levers/{id}
    GET /pipeline-stages
    GET /pipeline-stages/{id}
    GET /watchlist-board
    GET /watchlist-entries
    GET /watchlist-entries/{id}
    GET /watchlist-entries/{id}/moves
    GET /watchlist-entries/{id}/notes
    GET /watchlist-entries/{id}/notes/{note}
    GET /watchlist-entries/{id}/reminders
    GET /mandates/{id}/versions
    GET /introductions
    GET /introductions/{id}
    GET /investors/{id}/decision-speed
    GET /matches
    GET /matches/{id}/explanation
    GET /matches/changes
    GET /match-digests
    GET /match-digests/{id}
    GET /unlocks
"""
)
STATES = """
    PATCH /investors/{id}
    POST /levers
    PATCH /levers/{id}
    POST /pipeline-stages
    PATCH /pipeline-stages/{id}
    POST /pipeline-stages/order
    POST /pipeline-stages/{id}/archive
    POST /pipeline-stages/{id}/restore
    POST /watchlist-entries
    PATCH /watchlist-entries/{id}
    DELETE /watchlist-entries/{id}
    POST /watchlist-entries/{id}/move
    POST /watchlist-entries/{id}/notes
    PATCH /watchlist-entries/{id}/notes/{note}
    DELETE /watchlist-entries/{id}/notes/{note}
    POST /watchlist-entries/{id}/reminders
    DELETE /watchlist-entries/{id}/reminders/{reminder}
    POST /mandates
    PATCH /mandates/{id}
    POST /mandates/{id}/activate
    POST /mandates/{id}/pause
    POST /mandates/{id}/close
    POST /matches/preview
    GET /matches/preview/{id}
    POST /introductions
    POST /introductions/{id}/accept
    POST /introductions/{id}/decline
    POST /introductions/{id}/withdraw
    POST /introductions/{id}/steps
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

"""What the members of a firm may do, by role."""

import pytest

from tests.authorisation.duties import ANSWERS, GUARDS, KEEPS, PAPERS, READS, RULES, SEARCHES, SIGNS
from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db

SEES = (
    READS
    + SEARCHES
    + """
    GET /disclosure-grants
    GET /capabilities/{id}/events
    GET /development-events/{id}
    GET /development-events/{id}/evidence
    GET /event-evidence
    GET /event-evidence/{id}
    GET /tracker-endpoints
    GET /tracker-endpoints/{id}
    GET /startups/start
    GET /startups/{id}/readiness
    GET /export-class-declarations
    GET /export-class-declarations/{id}
    GET /development-events/{id}/attestation-requests
    GET /development-events/{id}/attestations
    GET /attestation-requests
    GET /attestation-requests/{id}
    GET /attestations
    GET /attestations/{id}
    GET /attestor-admissions
    GET /attestor-admissions/{id}
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
    PATCH /startups/{id}
    POST /startups/{id}/financials
    POST /startups/{id}/financials/{year}/withdraw
    PATCH /startups/start
    POST /startups/start/publish
    POST /capabilities
    PATCH /capabilities/{id}
    POST /capabilities/{id}/publish
    POST /capabilities/{id}/archive
    PUT /capabilities/{id}/components
    POST /capabilities/{id}/events
    POST /development-events/{id}/evidence
    POST /development-events/{id}/evidence/{evidence}/withdraw
    POST /tracker-endpoints
    PATCH /tracker-endpoints/{id}
    POST /tracker-endpoints/{id}/rotate
    POST /tracker-endpoints/{id}/disable
    POST /development-events/{id}/attestation-requests
    POST /attestation-requests/{id}/cancel
    POST /attestor-admissions
    POST /attestor-admissions/{id}/end
    POST /raises
    PATCH /raises/{id}
    POST /raises/{id}/open
    POST /raises/{id}/commit-partly
    POST /raises/{id}/reopen
    POST /raises/{id}/close
    POST /raises/{id}/withdraw
    POST /matches/preview
    GET /matches/preview/{id}
    POST /introductions
    POST /introductions/{id}/accept
    POST /introductions/{id}/decline
    POST /introductions/{id}/withdraw
    POST /introductions/{id}/steps
    POST /jobs/{id}/cancel
    GET /imports
    POST /imports
    GET /imports/{id}
    GET /imports/{id}/problems
    POST /imports/{id}/confirm
    GET /exports
    POST /exports
    GET /exports/{id}
    GET /exports/{id}/content
"""
DISCLOSES = """
    POST /disclosure-grants
    POST /disclosure-grants/{id}/revoke
    POST /startups/{id}/reveal
"""


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", SEES + STATES + RULES + GUARDS + DISCLOSES + PAPERS + KEEPS + ANSWERS),
        ("editor", SEES + STATES + PAPERS + KEEPS + "POST /startups/{id}/reveal"),
        ("viewer", SEES),
        ("signatory", SEES + SIGNS + PAPERS),
        ("compliance", SEES + GUARDS + DISCLOSES + PAPERS + KEEPS + ANSWERS),
        ("officer", ""),
        ("reviewer", ""),
    ],
)
class TestFirm:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(FirmFactory().organisation, role)

        assert verdicts(client, allowed) == NOTHING

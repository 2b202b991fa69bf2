"""What the members of the operator may do, by role; no role reaches what a firm opens to its counterparts alone."""

import pytest

from tests.authorisation.duties import READS, RULES
from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db

SEES = (
    READS
    + """
    GET /registration-clashes
    GET /registration-clashes/{id}
    GET /break-glass
    GET /break-glass/{id}
    GET /capabilities/{id}/events
    GET /development-events/{id}
    GET /levers
    GET /levers/{id}
    GET /imports
    GET /imports/{id}
    GET /imports/{id}/problems
    GET /match-runs/{id}/comparison
    GET /digest-rounds
    GET /digest-rounds/{id}
    GET /scoring-models/{id}/agreement
    GET /model-evaluations
    GET /model-evaluations/{id}
    GET /watch-lists
    GET /watch-lists/{id}
    GET /watch-lists/{id}/versions
    GET /watch-lists/{id}/entries
    GET /list-versions/{id}
"""
)
RUNS = """
    POST /organisations/{id}/merge
    POST /match-runs
    POST /match-runs/{id}/cancel
    POST /scoring-models
    POST /scoring-models/{id}/shadow
    POST /scoring-models/{id}/promote
    POST /imports
    POST /imports/{id}/confirm
    POST /jobs/{id}/cancel
"""
JUDGES = """
    POST /registration-clashes/{id}/judge-distinct
    POST /registration-clashes/{id}/judge-same
"""
ASKS = """
    POST /break-glass
    POST /break-glass/{id}/end
"""
APPROVES = "POST /break-glass/{id}/approve\n"
LOADS = """
    POST /watch-lists/{id}/versions
    POST /list-versions/{id}/confirm
    POST /list-versions/{id}/discard
    POST /jobs/{id}/cancel
"""
DECIDES = """
    GET /screenings
    POST /screenings
    GET /screenings/{id}
    GET /screenings/{id}/export
    GET /screening-hits
    GET /screening-hits/{id}
    POST /screening-hits/{id}/decide
    GET /verification-cases
    GET /verification-cases/{id}
    POST /verification-cases/{id}/take
    POST /verification-cases/{id}/ask
    POST /verification-cases/{id}/judge
    POST /verification-cases/{id}/note
    POST /verification-cases/{id}/verify
    POST /verification-cases/{id}/refuse
    POST /verification-cases/{id}/suspend
    POST /verification-cases/{id}/reinstate
    POST /organisations/{id}/suspend
    GET /declared-interests
    POST /declared-interests
    GET /speed-flags
    GET /speed-flags/{id}
    POST /speed-flags/{id}/judge
    GET /attestor-addresses
    GET /attestor-addresses/{id}
    POST /attestor-addresses/{id}/vouch
    POST /attestor-addresses/{id}/refuse
    GET /self-attestations
    GET /permits
    GET /permits/{id}
    GET /export-class-declarations
    GET /export-class-declarations/{id}
    POST /export-class-declarations/{id}/confirm
    POST /export-class-declarations/{id}/confirm-codification
    POST /permits/{id}/confirm
    POST /permits/{id}/refuse
    POST /permits/{id}/revoke
    GET /development-events/{id}/evidence
    GET /event-evidence
    GET /event-evidence/{id}
    POST /event-evidence/{id}/judge
    GET /organisations/{id}/ownership
    GET /organisations/{id}/ownership/figures
    GET /organisations/{id}/ownership/bods
    GET /documents
    GET /documents/{id}
    GET /documents/{id}/versions
    GET /documents/{id}/content
"""
"""Whom a list names, who owns whom and what was shown for it is the compliance role's alone, not even an owner's."""
TRAIL = """
    GET /events
    GET /events/{id}
"""


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", SEES + RUNS + LOADS + JUDGES + ASKS + APPROVES + RULES),
        ("editor", SEES + RUNS + LOADS + JUDGES + ASKS),
        ("compliance", SEES + LOADS + DECIDES + JUDGES + ASKS + APPROVES + TRAIL),
        ("viewer", SEES),
        ("signatory", ""),
        ("officer", ""),
        ("reviewer", ""),
    ],
)
class TestOperator:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(OrganisationFactory(kind="operator", country="EE"), role)

        assert verdicts(client, allowed) == NOTHING

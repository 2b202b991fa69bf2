"""What the members of the operator may do, by role; no role reaches what a firm opens to its counterparts alone."""

import pytest

from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db

READS = """
    GET /organisations
    GET /organisations/{id}
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
    GET /registration-clashes
    GET /registration-clashes/{id}
    GET /break-glass
    GET /break-glass/{id}
    GET /undertaking
    GET /teasers
    GET /teasers/{id}
    GET /investor-teasers
    GET /investor-teasers/{id}
    GET /startups
    GET /startups/{id}
    GET /startups/{id}/financials
    GET /capabilities
    GET /capabilities/{id}
    GET /capabilities/{id}/components
    GET /capabilities/{id}/events
    GET /raises
    GET /raises/{id}
    GET /investors
    GET /investors/{id}
    GET /levers
    GET /levers/{id}
    GET /mandates
    GET /mandates/{id}
    GET /match-runs
    GET /match-runs/{id}
    GET /scoring-models
    GET /scoring-models/{id}
    GET /imports
    GET /imports/{id}
    GET /imports/{id}/problems
    GET /watch-lists
    GET /watch-lists/{id}
    GET /watch-lists/{id}/versions
    GET /watch-lists/{id}/entries
    GET /list-versions/{id}
    GET /jobs
    GET /jobs/{id}
"""
RUNS = """
    POST /organisations/{id}/merge
    POST /match-runs
    POST /match-runs/{id}/cancel
    POST /imports
    POST /imports/{id}/confirm
    POST /jobs/{id}/cancel
"""
RULES = """
    PATCH /organisations/{id}
    PATCH /organisations/{id}/members/{member}
    DELETE /organisations/{id}/members/{member}
    GET /organisations/{id}/invitations
    POST /organisations/{id}/invitations
    POST /organisations/{id}/invitations/{invitation}/revoke
    GET /events
    GET /events/{id}
    GET /api-keys
    POST /api-keys
    POST /api-keys/{id}/revoke
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
    GET /permits
    GET /permits/{id}
    POST /permits/{id}/confirm
    POST /permits/{id}/refuse
    POST /permits/{id}/revoke
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
        ("owner", READS + RUNS + LOADS + JUDGES + ASKS + APPROVES + RULES),
        ("editor", READS + RUNS + LOADS + JUDGES + ASKS),
        ("compliance", READS + LOADS + DECIDES + JUDGES + ASKS + APPROVES + TRAIL),
        ("viewer", READS),
        ("signatory", ""),
        ("officer", ""),
        ("reviewer", ""),
    ],
)
class TestOperator:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(OrganisationFactory(kind="operator", country="EE"), role)

        assert verdicts(client, allowed) == NOTHING

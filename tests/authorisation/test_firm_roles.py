"""What the members of a firm may do, by role."""

import pytest

from tests.authorisation.people import signed_in
from tests.authorisation.roles import NOTHING, verdicts
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db

READS = """
    GET /organisations
    GET /organisations/{id}
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
    GET /disclosure-grants
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
    GET /mandates
    GET /mandates/{id}
    GET /match-runs
    GET /match-runs/{id}
    GET /matches
    GET /matches/{id}/explanation
    GET /scoring-models
    GET /scoring-models/{id}
    GET /jobs
    GET /jobs/{id}
"""
STATES = """
    PATCH /startups/{id}
    POST /startups/{id}/financials
    POST /capabilities
    PATCH /capabilities/{id}
    POST /capabilities/{id}/publish
    POST /capabilities/{id}/archive
    PUT /capabilities/{id}/components
    POST /capabilities/{id}/events
    POST /raises
    PATCH /raises/{id}
    POST /raises/{id}/open
    POST /raises/{id}/commit-partly
    POST /raises/{id}/reopen
    POST /raises/{id}/close
    POST /raises/{id}/withdraw
    POST /jobs/{id}/cancel
"""
RULES = """
    PATCH /organisations/{id}
    POST /organisations/{id}/go-dark
    POST /organisations/{id}/return
    PATCH /organisations/{id}/members/{member}
    DELETE /organisations/{id}/members/{member}
    GET /organisations/{id}/invitations
    POST /organisations/{id}/invitations
    POST /organisations/{id}/invitations/{invitation}/revoke
    GET /break-glass
    GET /break-glass/{id}
    GET /events
    GET /events/{id}
    GET /api-keys
    POST /api-keys
    POST /api-keys/{id}/revoke
"""
GUARDS = """
    POST /organisations/{id}/go-dark
    POST /organisations/{id}/return
    GET /break-glass
    GET /break-glass/{id}
    GET /events
    GET /events/{id}
    GET /api-keys
    POST /api-keys/{id}/revoke
"""
DISCLOSES = """
    POST /disclosure-grants
    POST /disclosure-grants/{id}/revoke
    POST /startups/{id}/reveal
"""
PAPERS = """
    GET /documents
    GET /documents/{id}
    GET /documents/{id}/versions
    GET /documents/{id}/content
    GET /uploads
    GET /uploads/{id}
"""
KEEPS = """
    PATCH /documents/{id}
    POST /documents/{id}/withdraw
    POST /uploads
    DELETE /uploads/{id}
    PUT /uploads/{id}/chunks/{offset}
    POST /uploads/{id}/complete
"""
ANSWERS = """
    GET /organisations/{id}/ownership
    POST /organisations/{id}/ownership
    GET /organisations/{id}/ownership/figures
    GET /organisations/{id}/ownership/bods
    POST /organisations/{id}/ownership/bods
    POST /organisations/{id}/ownership/group
    POST /organisations/{id}/ownership/{statement}/correct
    POST /organisations/{id}/ownership/{statement}/end
    GET /organisations/{id}/verification
    POST /organisations/{id}/verification
    POST /organisations/{id}/verification/items
    POST /organisations/{id}/verification/submit
    POST /organisations/{id}/verification/answers
    GET /permits
    POST /permits
    GET /permits/{id}
"""
"""Who answers for the organisation to the operator: its verification, its owners, its permits."""
SIGNS = """
    POST /undertaking/accept
"""


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("owner", READS + STATES + RULES + DISCLOSES + PAPERS + KEEPS + ANSWERS),
        ("editor", READS + STATES + PAPERS + KEEPS + "POST /startups/{id}/reveal"),
        ("viewer", READS),
        ("signatory", READS + SIGNS + PAPERS),
        ("compliance", READS + GUARDS + DISCLOSES + PAPERS + KEEPS + ANSWERS),
        ("officer", ""),
        ("reviewer", ""),
    ],
)
class TestFirm:
    def test_member_may_call_this_and_nothing_else(self, role: str, allowed: str) -> None:
        client = signed_in(FirmFactory().organisation, role)

        assert verdicts(client, allowed) == NOTHING

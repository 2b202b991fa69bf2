"""What the members of authorities and attestors may do, by role."""

import pytest

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
    GET /investor-teasers
    GET /investor-teasers/{id}
    GET /startups
    GET /startups/{id}
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
    GET /capabilities/{id}/components
    GET /raises
    GET /raises/{id}
    GET /levers
    GET /levers/{id}
"""
RULES = """
    PATCH /organisations/{id}
    POST /organisations/{id}/go-dark
    POST /organisations/{id}/return
    GET /disclosure-grants
    GET /organisations/{id}/members
    GET /organisations/{id}/members/{member}
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
        ("owner", LOOKS + REVIEWS + RULES + PAPERS + KEEPS + ANSWERS),
        ("signatory", LOOKS + REVIEWS + SIGNS + PAPERS),
        ("officer", LOOKS + REVIEWS + PAPERS + KEEPS),
        ("reviewer", LOOKS + REVIEWS),
        ("viewer", LOOKS + REVIEWS),
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
        ("owner", LOOKS + RULES + PAPERS + KEEPS + ANSWERS),
        ("editor", LOOKS + PAPERS + KEEPS),
        ("viewer", LOOKS),
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

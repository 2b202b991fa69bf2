"""Whether a permit covers handing something to somebody on a day."""

import datetime as dt
from typing import Any

import pytest

from apps.compliance.models import Permit
from apps.compliance.selectors.permits import permit_covers
from kernel.ids import uuid7
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 6, 1)


def permit_made(holder: Any, **changes: Any) -> Permit:
    values = {
        "kind": "export",
        "issuer": "Export control",
        "issuer_country": "UA",
        "number": str(uuid7()),
        "export_codes": ["ML10"],
        "recipient_countries": ["EE"],
        "valid_from": dt.date(2026, 1, 1),
        "valid_to": dt.date(2026, 12, 31),
        "status": "confirmed",
        **changes,
    }
    return Permit.objects.create(organisation=holder, **values)


def covers(holder: Any, recipient_id: Any, **changes: Any) -> Any:
    asked = {"kind": "export", "item_code": "ML10.c", "on": DAY, **changes}
    return permit_covers(holder_id=holder.pk, recipient_id=recipient_id, **asked)


class TestPermitCovers:
    def test_names_the_permit(self) -> None:
        holder, recipient = OrganisationFactory(), OrganisationFactory(country="EE")
        permit_made(holder, export_codes=["9A012"])
        permit = permit_made(holder)

        found = covers(holder, recipient.pk)

        assert found
        assert (found.permit, found.reasons) == (permit, ())

    def test_says_why_not_by_the_nearest_permit(self) -> None:
        holder, recipient = OrganisationFactory(), OrganisationFactory(country="PL")
        permit_made(holder, status="recorded", export_codes=["ML4"])
        near = permit_made(holder)

        found = covers(holder, recipient.pk)

        assert not found
        assert found.reasons == ("recipient_country",)
        assert found.gaps[near.pk] == ("recipient_country",)
        assert len(found.gaps) == 2

    def test_nothing_covers_without_a_permit_of_the_kind(self) -> None:
        holder, recipient = OrganisationFactory(), OrganisationFactory(country="EE")
        permit_made(holder, kind="negotiation")
        permit_made(OrganisationFactory())

        assert covers(holder, recipient.pk).reasons == ("no_permit",)

    def test_an_unknown_recipient_is_never_covered(self) -> None:
        holder = OrganisationFactory()
        stranger = uuid7()
        permit_made(holder, recipient_ids=[stranger], recipient_countries=[])

        found = covers(holder, stranger)

        assert not found
        assert found.reasons == ("recipient",)

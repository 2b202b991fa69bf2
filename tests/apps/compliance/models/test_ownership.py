"""What the database refuses of parties and statements."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from apps.compliance.models import OwnershipStatement, Party
from tests.factories.compliance import PartyFactory, owns, party_for
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


class TestParty:
    @pytest.mark.parametrize(
        "values",
        [
            {"kind": "ghost"},
            {"legal_name": ""},
            {"country": "ua"},
            {"birth_date": "1980-13"},
            {"birth_date": "80"},
            {"unknown_reason": "unknown"},
            {"entity_type": "club"},
        ],
    )
    def test_refuses(self, values: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            PartyFactory(**values)

    @pytest.mark.parametrize("date", ["", "1980", "1980-05", "1980-05-31"])
    def test_a_birth_date_may_be_vague(self, date: str) -> None:
        assert PartyFactory(birth_date=date).birth_date == date

    def test_of_an_organisation_bears_its_id(self) -> None:
        organisation = OrganisationFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            Party.objects.create(organisation=organisation, kind="entity")

        assert party_for(organisation).pk == organisation.pk


class TestOwnershipStatement:
    @pytest.mark.parametrize(
        "values",
        [
            {"share_min": Decimal("0.6"), "share_max": Decimal("0.5")},
            {"share_max": Decimal("1.1")},
            {"share_min": Decimal("-0.1")},
            {"share_min": Decimal("0.5"), "share_max": Decimal("0.5"), "share_min_exclusive": True},
            {"from_date": dt.date(2024, 1, 2), "to_date": dt.date(2024, 1, 1)},
            {"interest": "magic"},
            {"directness": "sideways"},
        ],
    )
    def test_refuses(self, values: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            owns(None, OrganisationFactory(), **values)

    def test_nobody_owns_itself(self) -> None:
        firm = OrganisationFactory()

        with pytest.raises(IntegrityError), transaction.atomic():
            owns(firm, firm)

    def test_is_replaced_once(self) -> None:
        firm = OrganisationFactory()
        first = owns(None, firm)
        owns(None, firm, supersedes=first)

        with pytest.raises(IntegrityError), transaction.atomic():
            owns(None, firm, supersedes=first)


class TestStanding:
    def test_is_what_was_neither_replaced_nor_withdrawn(self) -> None:
        firm = OrganisationFactory()
        first, gone = owns(None, firm), owns(None, firm, is_withdrawn=True)
        second = owns(None, firm, supersedes=first)

        assert gone.pk
        assert list(OwnershipStatement.objects.standing()) == [second]

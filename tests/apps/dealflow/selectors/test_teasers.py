"""What those find who see teasers alone."""

from dataclasses import fields
from typing import Any

import pytest

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.selectors.teasers import NEUTRAL, SHOWN, teasers_found
from kernel.clock import utc_now
from tests.factories.listings import listed_raise
from tests.factories.reference import AreaFactory

pytestmark = pytest.mark.django_db

ASKED: dict[str, Any] = {"str": "x", "int | None": 1, "Decimal | None": 1, "dt.datetime | None": utc_now()}


class TestTeasersFound:
    def test_finds_every_firm_with_something_published(self) -> None:
        row = listed_raise()

        assert [firm.pk for firm in teasers_found(query=DealFlowQuery())] == [row.firm_id]

    def test_finds_by_the_root_area(self) -> None:
        row = listed_raise(lead_capability__area=AreaFactory(code="BASE"))

        assert [firm.pk for firm in teasers_found(query=DealFlowQuery(area=("BASE",)))] == [row.firm_id]
        assert not teasers_found(query=DealFlowQuery(area=("OTHER",))).exists()

    @pytest.mark.parametrize(
        "field", [field for field in fields(DealFlowQuery) if field.name not in {*SHOWN, *NEUTRAL}]
    )
    def test_finds_nobody_by_anything_else(self, field: Any) -> None:
        listed_raise()

        value = ASKED.get(str(field.type), ("x",))

        assert not teasers_found(query=DealFlowQuery(**{field.name: value})).exists()

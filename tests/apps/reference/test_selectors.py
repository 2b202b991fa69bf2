"""Reading capability areas."""

from typing import Any

import pytest

from apps.reference import selectors
from apps.reference.models import CapabilityArea
from tests.factories.reference import AreaFactory


@pytest.fixture
def tree() -> CapabilityArea:
    root = AreaFactory(code="T1")
    middle = AreaFactory(code="T1.A", parent=root)
    return AreaFactory(code="OTHER_CODE", parent=middle)


@pytest.mark.django_db
class TestAreas:
    def test_are_found_by_code(self, tree: CapabilityArea) -> None:
        assert selectors.area_find(code="OTHER_CODE") == tree
        assert selectors.area_find(code="NONE") is None
        assert selectors.area_codes_unknown(codes=["T1", "NONE", "T1.A"]) == {"NONE"}

    def test_lead_to_their_roots_by_parent_not_by_name(
        self, tree: CapabilityArea, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(1):
            roots = selectors.area_roots()

        assert (roots["OTHER_CODE"], roots["T1.A"], roots["T1"]) == ("T1", "T1", "T1")

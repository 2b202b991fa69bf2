"""Apps that say who is barred from documents."""

import pytest

from apps.compliance.conflicts import interests_declared
from apps.documents.conflicts import conflict_part, conflict_parts


class TestConflictPart:
    def test_finds_that_of_compliance_by_itself(self):
        assert conflict_parts()["apps.compliance.conflicts"] is interests_declared

    def test_refuses_a_second_one_of_a_module(self):
        def again(actor):
            return interests_declared(actor)

        again.__module__ = "apps.compliance.conflicts"

        with pytest.raises(ValueError, match=r"apps\.compliance\.conflicts"):
            conflict_part(again)

        assert conflict_parts()["apps.compliance.conflicts"] is interests_declared

"""How far the lists are behind as a metric."""

import pytest
from django.db import InterfaceError, OperationalError

from apps.matching.metrics import ListsBehind
from apps.matching.services.touching import organisations_touch
from tests.factories.matching import mandate_made, raise_made, run_drained


class TestListsBehind:
    @pytest.mark.django_db
    def test_gives_the_age_of_what_waits(self):
        mandate_made()
        item = raise_made()
        assert list(ListsBehind().collect()) == []
        run_drained()

        (fresh,) = ListsBehind().collect()
        organisations_touch(organisation_ids=[item.firm.organisation_id])
        (behind,) = ListsBehind().collect()

        assert [sample.value for sample in fresh.samples] == [0.0]
        assert 0.0 < behind.samples[0].value < 60.0

    @pytest.mark.parametrize("problem", [OperationalError, InterfaceError])
    def test_gives_nothing_while_the_database_is_away(self, problem, monkeypatch):
        def away():
            raise problem

        monkeypatch.setattr("apps.matching.metrics.run_current", away)

        assert list(ListsBehind().collect()) == []

    def test_describes_itself_without_asking(self):
        assert [metric.name for metric in ListsBehind().describe()] == ["tandem_match_lists_behind_seconds"]

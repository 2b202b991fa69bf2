"""What of the deal flow a merging moves."""

import pytest

from apps.dealflow.merging import dealflow_merge
from apps.dealflow.models import WatchlistEntry
from kernel.clock import utc_now
from tests.factories.pipelines import fund_actor, watched
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


class TestDealflowMerge:
    def test_moves_entries_and_counts_none_of_them(self) -> None:
        merged, into = FirmFactory(), FirmFactory()
        watched(fund_actor(), merged)

        told = dealflow_merge(merged=merged.organisation, into=into.organisation, now=utc_now())

        assert WatchlistEntry.objects.get().firm == into
        assert not [name for name in (*told.moved, *told.conflicts) if "watch" in name or "entr" in name]

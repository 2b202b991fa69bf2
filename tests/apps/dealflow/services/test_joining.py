"""Watch-lists of organisations that turn out to be one."""

from __future__ import annotations

import pytest

from apps.dealflow.models import PipelineStage, WatchlistEntry, WatchlistMove, WatchlistNote
from apps.dealflow.services.joining import firm_join, fund_join
from apps.dealflow.services.stages import stage_create
from apps.organisations.models import Organisation
from tests.factories.pipelines import fund_actor, noted, stages_of, watched
from tests.factories.startups import FirmFactory

pytestmark = pytest.mark.django_db


def organisation_of(actor: object) -> Organisation:
    return Organisation.objects.get(pk=actor.organisation_id)  # type: ignore[attr-defined]


class TestFundJoin:
    def test_brings_stages_and_entries_over(self) -> None:
        merged, into = fund_actor(), fund_actor()
        stages_of(into)
        own = stage_create(actor=merged, name="Lawyers")
        entry = watched(merged, stage=own.pk)
        plain = watched(merged)

        fund_join(merged=organisation_of(merged), into=organisation_of(into))

        assert set(WatchlistEntry.objects.filter(organisation=into.organisation_id)) == {entry, plain}
        assert not PipelineStage.objects.filter(organisation=merged.organisation_id).exists()
        names = [stage.name for stage in stages_of(into)]
        assert names[-1] == "Lawyers"
        assert len(names) == len({name.casefold() for name in names})
        assert WatchlistEntry.objects.get(pk=plain.pk).stage.name == "New"

    def test_folds_what_both_watch_into_one(self) -> None:
        merged, into, firm = fund_actor(), fund_actor(), FirmFactory()
        kept = watched(into, firm)
        gone = watched(merged, firm)
        note = noted(merged, gone)

        fund_join(merged=organisation_of(merged), into=organisation_of(into))

        assert list(WatchlistEntry.objects.all()) == [kept]
        assert WatchlistNote.objects.get(pk=note.pk).entry == kept
        assert WatchlistMove.objects.filter(entry=kept).count() == 2


class TestFirmJoin:
    def test_lets_all_watch_the_other_one_once(self) -> None:
        merged, into = FirmFactory(), FirmFactory()
        both, one = fund_actor(), fund_actor()
        kept = watched(both, into)
        note = noted(both, watched(both, merged))
        moved = watched(one, merged)

        firm_join(merged=merged.organisation, into=into.organisation)

        assert set(WatchlistEntry.objects.filter(firm=into)) == {kept, moved}
        assert not WatchlistEntry.objects.filter(firm=merged).exists()
        assert WatchlistNote.objects.get(pk=note.pk).entry == kept

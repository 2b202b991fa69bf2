"""A fund's stages."""

from __future__ import annotations

import pytest

from apps.dealflow.models import PipelineStage
from apps.dealflow.rules.pipeline import MOST_STAGES
from apps.dealflow.services import stages
from apps.dealflow.services.stages import stage_archive, stage_create, stage_rename, stage_restore, stages_order
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.pipelines import fund_actor, stages_of, watched

pytestmark = pytest.mark.django_db


class TestStagesEnsure:
    def test_makes_the_first_stages_once(self) -> None:
        actor = fund_actor()

        first, again = stages_of(actor), stages_of(actor)

        assert [stage.name for stage in first][:2] == ["New", "Screening"]
        assert [stage.position for stage in first] == list(range(1, len(first) + 1))
        assert [stage.pk for stage in again] == [stage.pk for stage in first]
        assert Event.objects.filter(name="dealflow.stage.created").count() == len(first)

    def test_are_not_made_again_once_a_fund_has_its_own(self) -> None:
        actor = fund_actor()
        for stage in stages_of(actor)[1:]:
            stage_archive(actor=actor, stage=stage)

        assert [stage.name for stage in stages_of(actor)] == ["New"]

    def test_refuses_nobody(self) -> None:
        with pytest.raises(NotYours):
            stages.stages_ensure(actor=Actor.anonymous())


class TestStageCreate:
    def test_stands_behind_the_others(self) -> None:
        actor = fund_actor()

        made = stage_create(actor=actor, name="  Lawyers   called ")

        assert (made.name, made.position) == ("Lawyers called", len(stages_of(actor)))

    @pytest.mark.parametrize("name", ["new", " NEW "])
    def test_refuses_a_name_that_is_taken_in_any_case(self, name: str) -> None:
        actor = fund_actor()
        stages_of(actor)

        with pytest.raises(stages.StageNameTaken):
            stage_create(actor=actor, name=name)

    def test_takes_a_name_that_another_fund_has(self) -> None:
        stage_create(actor=fund_actor(), name="Lawyers")

        assert stage_create(actor=fund_actor(), name="Lawyers").pk

    def test_refuses_a_blank_name(self) -> None:
        with pytest.raises(stages.StageNotAcceptable):
            stage_create(actor=fund_actor(), name="   ")

    def test_refuses_more_than_there_may_be(self) -> None:
        actor = fund_actor()
        for number in range(MOST_STAGES - len(stages_of(actor))):
            stage_create(actor=actor, name=f"Stage {number}")

        with pytest.raises(stages.TooManyStages):
            stage_create(actor=actor, name="One more")

    def test_refuses_more_than_there_ever_may_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = fund_actor()
        stages_of(actor)
        monkeypatch.setattr(stages, "MOST_STAGES_EVER", 7)

        with pytest.raises(stages.TooManyStages):
            stage_create(actor=actor, name="One more")


class TestStageRename:
    def test_changes_the_name_alone(self) -> None:
        actor = fund_actor()
        stage = stages_of(actor)[0]

        stage_rename(actor=actor, stage=stage, name="Fresh")

        kept = PipelineStage.objects.get(pk=stage.pk)
        assert (kept.name, kept.position, kept.version) == ("Fresh", 1, 2)

    def test_may_change_its_case(self) -> None:
        actor = fund_actor()

        assert stage_rename(actor=actor, stage=stages_of(actor)[0], name="NEW").name == "NEW"

    def test_the_later_of_two_loses(self) -> None:
        actor = fund_actor()
        read = stages_of(actor)[0]
        stage_rename(actor=actor, stage=stages_of(actor)[0], name="Fresh")

        with pytest.raises(ChangedMeanwhile):
            stage_rename(actor=actor, stage=read, name="Newest")


class TestStagesOrder:
    def test_puts_them_in_order(self) -> None:
        actor = fund_actor()
        wanted = [stage.pk for stage in reversed(stages_of(actor))]

        stages_order(actor=actor, stages=wanted)

        assert [stage.pk for stage in stages_of(actor)] == wanted
        assert Event.objects.get(name="dealflow.stages.ordered").organisation_id == actor.organisation_id

    def test_refuses_an_order_that_lacks_one_or_names_a_stranger_s(self) -> None:
        actor = fund_actor()
        own = [stage.pk for stage in stages_of(actor)]

        for wanted in (own[1:], [*own[1:], stages_of(fund_actor())[0].pk], [*own, own[0]]):
            with pytest.raises(stages.StagesNotAll):
                stages_order(actor=actor, stages=wanted)


class TestStageArchive:
    def test_takes_an_empty_stage_off_the_board(self) -> None:
        actor = fund_actor()
        stage = stages_of(actor)[2]

        stage_archive(actor=actor, stage=stage)

        assert stage.pk not in {item.pk for item in stages_of(actor)}

    def test_a_stage_in_use_does_not_vanish(self) -> None:
        actor = fund_actor()
        entry = watched(actor)

        with pytest.raises(stages.StageInUse):
            stage_archive(actor=actor, stage=entry.stage)

    def test_refuses_an_archived_one(self) -> None:
        actor = fund_actor()
        stage = stages_of(actor)[0]
        stage_archive(actor=actor, stage=stage)

        with pytest.raises(stages.StageArchived):
            stage_archive(actor=actor, stage=stage)

    def test_refuses_the_last_one(self) -> None:
        actor = fund_actor()
        first, *others = stages_of(actor)
        for stage in others:
            stage_archive(actor=actor, stage=stage)

        with pytest.raises(stages.LastStage):
            stage_archive(actor=actor, stage=first)


class TestStageRestore:
    def test_puts_it_behind_the_others(self) -> None:
        actor = fund_actor()
        stage = stages_of(actor)[0]
        stage_archive(actor=actor, stage=stage)

        stage_restore(actor=actor, stage=stage)

        assert stages_of(actor)[-1].pk == stage.pk

    def test_refuses_while_another_has_its_name(self) -> None:
        actor = fund_actor()
        stage = stages_of(actor)[0]
        stage_archive(actor=actor, stage=stage)
        stage_create(actor=actor, name=stage.name)

        with pytest.raises(stages.StageNameTaken):
            stage_restore(actor=actor, stage=stage)

    def test_refuses_one_in_use(self) -> None:
        actor = fund_actor()

        with pytest.raises(stages.StageNotArchived):
            stage_restore(actor=actor, stage=stages_of(actor)[0])

"""How the reading of a run's inputs is shared out."""

import datetime as dt

import pytest

from apps.matching import services
from apps.matching.merging import matching_merge
from apps.matching.models import MatchRun, RunPart
from apps.matching.services import inputs, parts
from apps.matching.states import InputKind, RunStatus, Side
from kernel.access import Actor
from kernel.models import Job
from tests.factories.matching import AS_OF, drain, mandate_made, raise_made, run_drained
from tests.factories.organisations import OrganisationFactory

pytestmark = pytest.mark.django_db


class TestPartsPlan:
    def test_every_id_is_in_one_part(self, monkeypatch):
        monkeypatch.setattr(parts, "PART", {InputKind.MANDATE: 2, InputKind.RAISE: 3})
        mandates = sorted(str(mandate_made().pk) for _ in range(5))
        run = services.run_start(actor=Actor.system(), as_of=AS_OF)

        planned = [part for part, _ in parts.parts_plan(run_id=run.pk)]

        spans = [(part["after"], part["until"]) for part in planned if part["kind"] == InputKind.MANDATE]
        assert spans == [(None, mandates[1]), (mandates[1], mandates[3]), (mandates[3], None)]
        assert [part["place"] for part in planned] == [0, 1, 2, 0]


class TestManyParts:
    def test_are_what_one_part_is(self, monkeypatch):
        for _ in range(5):
            mandate_made()
            raise_made()
        once = run_drained()
        monkeypatch.setattr(parts, "PART", {InputKind.MANDATE: 2, InputKind.RAISE: 3})

        several = run_drained()

        assert several.digest == once.digest
        assert RunPart.objects.filter(run=several, kind__in=InputKind.values).count() == 5
        assert (several.mandate_versions, several.raise_versions) == (once.mandate_versions, once.raise_versions)
        assert len(set(several.raise_versions)) == 5


class TestDeploy:
    def test_a_run_planned_before_there_were_parts_is_carried_on(self):
        mandate_made()
        raise_made()
        now = run_drained()
        run = services.run_start(actor=Actor.system(), as_of=AS_OF)
        Job.objects.filter(pk=run.job_id).update(payload_version=1)
        run.job.chunks.exclude(position=0).delete()
        run.job.chunks.update(payload={"run": str(run.pk)})

        drain(run)

        assert (run.status, run.digest) == (RunStatus.PUBLISHED, now.digest)
        assert run.counts["mandates"] == run.counts["raises"] == 1


class TestInputsLoad:
    def test_versions_alone_give_the_same(self):
        mandate_made()
        raise_made()
        run = run_drained()
        from_parts = inputs.inputs_load(run_id=run.pk)
        RunPart.objects.filter(run=run).delete()

        from_versions = inputs.inputs_load(run_id=run.pk)

        assert from_versions.owners == from_parts.owners
        assert from_versions.all_mandates.rows["ticket_max"] == from_parts.all_mandates.rows["ticket_max"]
        assert from_versions.all_raises.strengths.tolist() == from_parts.all_raises.strengths.tolist()
        assert from_parts.mandates[0].id == from_parts.all_mandates.ids[0]

    def test_a_shared_process_keeps_one_run(self):
        mandate_made()
        raise_made()
        runs = [run_drained() for _ in range(2)]

        loaded = [inputs.inputs_of(run_id=run.pk) for run in (runs[0], runs[1], runs[1])]

        assert loaded[1] is loaded[2]
        assert list(inputs._kept) == [runs[1].pk]


class TestMerging:
    def test_lists_made_later_belong_to_whom_remains(self):
        merged, into = mandate_made().fund.organisation, OrganisationFactory(kind="fund")
        raise_made()
        run = run_drained()

        matching_merge(merged=merged, into=into, now=dt.datetime.now(dt.UTC))

        assert RunPart.objects.get(run=run, kind=InputKind.MANDATE).organisation_ids == [into.pk]


class TestDigest:
    def test_is_the_one_of_the_stored_lists(self):
        from apps.matching.services.publishing import lists_digest

        for _ in range(3):
            mandate_made()
            raise_made()

        run = run_drained()

        assert run.digest == lists_digest(run_id=run.pk)
        assert MatchRun.objects.get(pk=run.pk).lists.filter(side=Side.STARTUP).count() == 3

"""Serializers: chosen fields at the outermost level, named objects within sight."""

from __future__ import annotations

import uuid
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework import serializers

from kernel.access import Actor
from kernel.api.serializers import SELECTION, ApiSerializer, Selection, VisibleObject
from kernel.models import Job
from tests.platform.kernel.api.sample import job_make


class Inner(ApiSerializer):
    expandable = frozenset({"deep"})

    id = serializers.IntegerField()
    deep = serializers.CharField()


class Outer(ApiSerializer):
    expandable = frozenset({"inner"})

    id = serializers.IntegerField()
    name = serializers.CharField()
    inner = Inner()


class Named(serializers.Serializer[Any]):
    job = VisibleObject(Job.objects.all())


ROW = SimpleNamespace(id=1, name="n", inner=SimpleNamespace(id=2, deep="d"))


class TestApiSerializer:
    def shown(self, selection: Selection, *, many: bool = False) -> Any:
        return Outer([ROW] if many else ROW, many=many, context={SELECTION: selection}).data

    def test_opens_one_level_only(self):
        assert self.shown(Selection(expanded=frozenset({"inner"}))) == {"id": 1, "name": "n", "inner": {"id": 2}}

    def test_shows_nothing_expandable_unasked(self):
        assert self.shown(Selection()) == {"id": 1, "name": "n"}

    def test_chooses_in_lists_too(self):
        assert self.shown(Selection(fields=frozenset({"name"})), many=True) == [{"name": "n"}]

    def test_does_not_choose_within_what_it_opens(self):
        chosen = Selection(fields=frozenset({"name", "inner"}), expanded=frozenset({"inner"}))

        assert self.shown(chosen) == {"name": "n", "inner": {"id": 2}}

    def test_is_whole_outside_a_view(self):
        assert set(Outer(ROW).data) == {"id", "name", "inner"}


@pytest.mark.django_db
class TestVisibleObject:
    def errors(self, job: object, organisation_id: uuid.UUID) -> Any:
        request = SimpleNamespace(actor=Actor(user_id=uuid.uuid4(), organisation_id=organisation_id))
        serializer = Named(data={"job": job}, context={"request": request})
        return None if serializer.is_valid() else serializer.errors

    def test_takes_what_the_caller_sees(self, organisation_id):
        assert self.errors(str(job_make(organisation_id).pk), organisation_id) is None

    def test_refuses_the_foreign_as_it_refuses_the_absent(self, organisation_id):
        foreign = self.errors(str(job_make(uuid.uuid4()).pk), organisation_id)
        absent = self.errors(str(uuid.uuid4()), organisation_id)

        assert foreign == absent
        assert foreign["job"][0].code == "does_not_exist"

    @pytest.mark.parametrize("job", ["x", 10**40, None, [], {"a": 1}])
    def test_refuses_what_is_no_id(self, organisation_id, job):
        assert self.errors(job, organisation_id)["job"]

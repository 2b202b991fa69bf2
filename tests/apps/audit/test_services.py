"""The record of an answer that showed others' guarded data."""

import uuid
from typing import Any

import pytest
from django.db import connection

from apps.audit.services import reads_record
from apps.organisations.events import DISCLOSURE_READ
from kernel.api.reads import Disclosed
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of

pytestmark = pytest.mark.django_db


def row(subject: uuid.UUID, tier: int = 2) -> Disclosed:
    return Disclosed("startups.capability", uuid.uuid4(), subject, tier)


class TestReadsRecord:
    def record(self, *disclosed: Disclosed) -> tuple[Any, Event]:
        reader = actor_of(OrganisationFactory(kind="fund"))
        reads_record(actor=reader, operation="capabilities.list", disclosed=disclosed)
        return reader, Event.objects.get(name=DISCLOSURE_READ)

    def test_belongs_to_the_only_subject_and_is_about_the_only_row(self) -> None:
        item = row(uuid.uuid4())

        reader, event = self.record(item)

        assert (event.organisation_id, event.actor_organisation_id) == (item.organisation_id, reader.organisation_id)
        assert (event.object_type, event.object_id) == ("startups.capability", item.object_id)
        assert event.actor == reader.label()

    def test_names_all_subjects_and_belongs_to_none_of_several(self) -> None:
        items = [row(uuid.uuid4()), row(uuid.uuid4(), tier=3)]

        reader, event = self.record(*items)

        assert event.organisation_id is None
        assert (event.object_type, event.object_id) == ("organisations.organisation", reader.organisation_id)
        assert event.data == {
            "operation": "capabilities.list",
            "tier": 3,
            "subjects": sorted(str(item.organisation_id) for item in items),
            "objects": [
                {
                    "type": "startups.capability",
                    "id": str(item.object_id),
                    "organisation": str(item.organisation_id),
                    "tier": item.level,
                }
                for item in items
            ],
        }

    def test_several_rows_of_one_subject_belong_to_it(self) -> None:
        subject = uuid.uuid4()

        _, event = self.record(row(subject), row(subject))

        assert event.organisation_id == subject
        assert event.object_type == "organisations.organisation"

    def test_is_one_statement(self, django_assert_num_queries: Any) -> None:
        reader = actor_of(OrganisationFactory(kind="fund"))

        with django_assert_num_queries(1):
            reads_record(actor=reader, operation="x.list", disclosed=[row(uuid.uuid4()) for _ in range(200)])


class TestIndex:
    def test_shared_reads_are_found_by_their_subjects(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'event_subjects'")
            [(definition,)] = cursor.fetchall()

        assert "gin" in definition
        assert "'subjects'" in definition

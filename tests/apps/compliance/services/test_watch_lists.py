"""Watch-lists from a received file to a version in force."""

import datetime as dt

import pytest

from apps.compliance.models import ListDeparture, ListEntry, ListFilePart, ListName, ListVersion, WatchList
from apps.compliance.services import list_loading
from apps.compliance.services.watch_lists import (
    ListFileUnacceptable,
    PublishedInFuture,
    VersionUnderWay,
    list_register,
    list_version_confirm,
    list_version_discard,
)
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.chunks import job_drive
from kernel.clock import utc_today
from kernel.jobs import job_cancel
from kernel.models import Event, Job
from kernel.states import NotNow, NotPermitted
from tests.factories.organisations import OrganisationFactory, actor_of
from tests.factories.watch_lists import FILES, as_lines, list_make, load, person, receive, sample

pytestmark = pytest.mark.django_db


def people(count: int, **changed: str) -> bytes:
    return as_lines(
        *(person(f"p{number}", changed.get(f"p{number}", f"Hlyvkoshor Ostap{number}")) for number in range(count))
    )


def in_force(watch_list: WatchList) -> dict[str, list[str]]:
    rows = ListEntry.objects.in_force().filter(watch_list=watch_list)
    return dict(rows.values_list("source_id", "names"))


def facts(version: ListVersion) -> list[str]:
    names = Event.objects.filter(object_id=version.pk, name__startswith="compliance.list_version")
    return [name.rpartition(".")[2] for name in names.order_by("id").values_list("name", flat=True)]


class TestListRegister:
    def test_makes_every_format_known_once(self):
        list_register()
        list_register()

        assert set(WatchList.objects.values_list("format", flat=True)) == set(FILES)
        assert WatchList.objects.count() == len(FILES)


class TestListVersionReceive:
    def test_keeps_the_file_and_queues_its_reading(self):
        receipt = receive(list_make(), people(3))

        version = receipt.version
        assert (receipt.is_new, version.status, version.size) == (True, "received", len(people(3)))
        assert Job.objects.get().kind == "compliance.list_load"
        assert facts(version) == ["received"]
        assert not in_force(version.watch_list)

    def test_answers_a_file_in_force_with_its_version_and_does_nothing(self):
        version = load(list_make(), people(3))

        again = receive(version.watch_list, people(3))

        assert (again.version, again.is_new) == (version, False)
        assert Job.objects.count() == 1

    def test_answers_a_file_under_way_with_its_version(self):
        first = receive(list_make(), people(3))

        assert receive(first.version.watch_list, people(3)).version == first.version

    def test_refuses_another_file_while_one_is_under_way(self):
        version = receive(list_make(), people(3)).version

        with pytest.raises(VersionUnderWay):
            receive(version.watch_list, people(4))

    def test_refuses_an_empty_file(self):
        with pytest.raises(ListFileUnacceptable):
            receive(list_make(), b"")

    def test_refuses_a_file_above_the_limit(self, monkeypatch):
        monkeypatch.setattr("apps.compliance.services.watch_lists.LIMITS", type("L", (), {"packed": 10}))

        with pytest.raises(ListFileUnacceptable):
            receive(list_make(), people(3))

    def test_refuses_a_publication_in_the_future(self):
        with pytest.raises(PublishedInFuture):
            receive(list_make(), people(3), published_on=utc_today() + dt.timedelta(days=1))

    def test_keeps_a_file_larger_than_a_part(self, monkeypatch):
        monkeypatch.setattr(list_loading, "PART", 100)
        content = people(20)

        version = receive(list_make(), content).version

        assert ListFilePart.objects.count() == -(-len(content) // 100)
        assert list_loading.file_open(version_id=version.pk).read() == content


class TestLoading:
    @pytest.mark.parametrize("format_code", sorted(FILES))
    def test_brings_a_file_of_each_format_into_force(self, format_code):
        version = load(list_make(f"list-{format_code}", format=format_code), sample(format_code))

        assert (version.status, version.reasons) == ("in_force", [])
        assert version.entries == version.added == len(in_force(version.watch_list)) > 20
        assert (version.changed, version.removed) == (0, 0)
        assert version.loaded_at is not None
        assert facts(version) == ["received", "in_force"]
        assert not ListFilePart.objects.exists()

    def test_gives_every_name_keys_and_the_first_the_identifiers_too(self):
        load(list_make(), as_lines(person("a", "Ostap Hlyvkoshor", "Остап Гливкошор", passportNumber=["SYN1"])))

        entry = ListEntry.objects.get()
        names = list(ListName.objects.order_by("id"))
        assert [name.name for name in names] == entry.names == ["Ostap Hlyvkoshor", "Остап Гливкошор"]
        assert entry.identifiers == [["passport", "SYN1"]]
        assert all(name.keys == sorted(set(name.keys)) and name.keys for name in names)
        assert set(names[0].keys) & set(names[1].keys)
        assert list_loading.identifier_keys((("passport", "SYN1"),)) <= set(names[0].keys)

    def test_keeps_signs_that_mean_something_to_the_database(self):
        odd = 'Ostap "Back\\slash" {Brace},\\N \\t O\'Hlyv'

        load(list_make(), as_lines(person("a\\b", odd, birthPlace=[odd, "NULL", ""], topics=[odd])))

        entry = ListEntry.objects.get()
        assert (entry.source_id, entry.names, entry.birth_places, entry.programmes) == (
            "a\\b",
            [odd],
            [odd, "NULL"],
            [odd],
        )
        assert ListName.objects.get().name == odd

    def test_finds_an_entry_without_a_name_by_its_identifiers(self):
        load(list_make(), as_lines(person("a", imoNumber=["1234567"])))

        name = ListName.objects.get()
        assert (name.name, set(name.keys)) == ("", set(list_loading.identifier_keys((("imo", "1234567"),))))

    def test_reads_only_what_changed_anew(self):
        watch_list = list_make()
        before = load(watch_list, people(20))

        after = load(watch_list, people(21, p3="Burmakhvyst Marko"))

        assert (after.entries, after.added, after.changed, after.removed) == (21, 1, 1, 0)
        assert ListEntry.objects.filter(first_version=after).count() == 2
        assert ListName.objects.count() == 22
        assert in_force(watch_list)["p3"] == ["Burmakhvyst Marko"]
        old = ListEntry.objects.get(source_id="p3", first_version=before)
        assert (old.removed_version, old.names) == (after, ["Hlyvkoshor Ostap3"])
        before.refresh_from_db()
        assert (before.status, facts(before)[-1]) == ("superseded", "superseded")
        assert not ListDeparture.objects.exists()

    def test_takes_out_what_is_no_longer_there(self):
        watch_list = list_make()
        load(watch_list, people(20))

        after = load(watch_list, people(17))

        assert (after.status, after.removed) == ("in_force", 3)
        assert sorted(in_force(watch_list)) == sorted(f"p{number}" for number in range(17))

    def test_brings_back_what_had_gone(self):
        watch_list = list_make()
        load(watch_list, people(20))
        load(watch_list, people(19))

        after = load(watch_list, people(20))

        assert (after.status, after.added, len(in_force(watch_list))) == ("in_force", 1, 20)

    def test_lists_do_not_touch_each_other(self):
        one, other = list_make("one"), list_make("other")
        load(one, people(5))

        load(other, people(3))

        assert (len(in_force(one)), len(in_force(other))) == (5, 3)

    def test_reads_in_several_batches_and_chunks(self, monkeypatch):
        monkeypatch.setattr(list_loading, "BATCH", 7)
        monkeypatch.setattr(list_loading, "ENTRIES_A_CHUNK", 10)
        watch_list = list_make()
        load(watch_list, people(30))

        after = load(watch_list, people(32, p1="Marko Burmakhvyst", p29="Zakhar Kvorzhyn"))

        assert (after.entries, after.added, after.changed, after.removed) == (32, 2, 2, 0)
        assert ListName.objects.filter(entry__in=ListEntry.objects.in_force()).count() == 32

    @pytest.mark.parametrize("batch", [2, 100])
    @pytest.mark.parametrize("twice", [(0, 0), (0, 4)])
    def test_refuses_an_id_given_twice(self, monkeypatch, batch, twice):
        monkeypatch.setattr(list_loading, "BATCH", batch)
        watch_list = list_make()
        before = load(watch_list, people(5))
        names = ["Hlyvkoshor Ostap0", "Hlyvkoshor Ostap0" if twice == (0, 0) else "Someone Else"]
        doubled = people(5) + as_lines(person("p0", names[1]))

        version = load(watch_list, doubled)

        assert (version.status, version.reasons[0]["code"]) == ("refused", "duplicate")
        before.refresh_from_db()
        assert (before.status, len(in_force(watch_list))) == ("in_force", 5)


class TestRefusal:
    def test_leaves_the_version_in_force_as_it_is(self):
        watch_list = list_make()
        before = load(watch_list, people(20))

        version = load(watch_list, people(25) + b'{"id": "p26"')

        assert (version.status, version.reasons[0]["code"]) == ("refused", "broken_file")
        assert "line 26" in version.reasons[0]["text"]
        assert facts(version) == ["received", "refused"]
        before.refresh_from_db()
        assert (before.status, len(in_force(watch_list))) == ("in_force", 20)

    def test_clears_what_was_written_ahead(self, monkeypatch):
        monkeypatch.setattr(list_loading, "BATCH", 5)
        version = load(list_make(), people(25) + b"{")
        assert ListEntry.objects.filter(first_version=version).count() == 25

        job_drive(job_id=Job.objects.get(kind="compliance.list_clear").pk)

        assert not ListEntry.objects.exists()
        assert not ListFilePart.objects.exists()

    def test_a_cancelled_job_refuses_its_version(self):
        version = receive(list_make(), people(3)).version

        job_cancel(job=version.job, actor=Actor.system())

        version.refresh_from_db()
        assert (version.status, version.reasons[0]["code"]) == ("refused", "cancelled")

    def test_a_refused_file_may_come_again(self):
        watch_list = list_make()
        load(watch_list, b"{}")

        assert receive(watch_list, b"{}").is_new

    def test_an_attempt_begun_before_leaves_nothing_behind(self):
        version = receive(list_make(), people(9)).version
        list_loading.version_read(version=version, today=utc_today(), check=lambda: None)

        job_drive(job_id=version.job_id)

        version.refresh_from_db()
        assert (version.status, len(in_force(version.watch_list))) == ("in_force", 9)


class TestGuard:
    def test_holds_a_file_that_takes_out_more_than_a_fifth(self):
        watch_list = list_make()
        load(watch_list, people(20))

        version = load(watch_list, people(15))

        assert (version.status, version.reasons[0]["code"]) == ("waiting", "removes_many")
        assert len(in_force(watch_list)) == 20
        assert facts(version) == ["received", "held"]

    def test_holds_a_file_older_than_the_one_in_force(self):
        watch_list = list_make()
        load(watch_list, people(20), published_on=dt.date(2026, 3, 2))

        version = load(watch_list, people(21), published_on=dt.date(2026, 3, 1))

        assert (version.status, version.reasons[0]["code"]) == ("waiting", "older")

    def test_a_person_brings_it_into_force_all_the_same(self):
        watch_list = list_make()
        before = load(watch_list, people(20))
        version = load(watch_list, people(5))
        operator = actor_of(OrganisationFactory(kind=Kind.OPERATOR), Role.COMPLIANCE)

        list_version_confirm(version=version, actor=operator)

        version.refresh_from_db()
        before.refresh_from_db()
        assert (version.status, before.status, len(in_force(watch_list))) == ("in_force", "superseded", 5)
        assert (
            Event.objects.get(object_id=version.pk, name="compliance.list_version.in_force").actor == operator.label()
        )
        with pytest.raises(NotNow):
            list_version_discard(version=version, actor=operator)

    def test_a_person_gives_it_up(self):
        watch_list = list_make()
        load(watch_list, people(20))
        version = load(watch_list, people(5) + as_lines(person("new", "Kvorzhyn Arsen")))

        list_version_discard(version=version, actor=Actor.system())
        job_drive(job_id=Job.objects.get(kind="compliance.list_clear").pk)

        assert (version.status, len(in_force(watch_list))) == ("discarded", 20)
        assert not ListEntry.objects.filter(source_id="new").exists()
        assert not ListDeparture.objects.exists()
        assert receive(watch_list, people(20, p1="Zlata Kvorzhyn")).is_new

    @pytest.mark.parametrize("role", [Role.VIEWER])
    def test_not_everybody_decides(self, role):
        watch_list = list_make()
        before = load(watch_list, people(20))
        version = load(watch_list, people(5))
        viewer = actor_of(OrganisationFactory(kind=Kind.OPERATOR), role)

        for decide in (list_version_confirm, list_version_discard):
            with pytest.raises(NotPermitted):
                decide(version=version, actor=viewer)

        before.refresh_from_db()
        assert (before.status, version.status) == ("in_force", "waiting")


class TestTransition:
    def test_readers_see_the_old_version_or_the_new_one(self, monkeypatch):
        watch_list = list_make()
        load(watch_list, people(20))
        seen = []
        real = list_loading.keys_settle

        def look(**options):
            seen.append(in_force(watch_list))
            return real(**options)

        monkeypatch.setattr("apps.compliance.jobs.list_loading.keys_settle", look)
        load(watch_list, people(18, p0="Zlata Kvorzhyn"))

        assert len(seen[0]) == 20
        assert seen[0]["p0"] == ["Hlyvkoshor Ostap0"]
        assert (len(in_force(watch_list)), in_force(watch_list)["p0"]) == (18, ["Zlata Kvorzhyn"])

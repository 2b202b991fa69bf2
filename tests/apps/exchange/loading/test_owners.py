"""Owners of an import: parties, statements between them, and what came before."""

import datetime as dt

import pytest

from apps.compliance.models import OwnershipStatement, Party
from apps.compliance.services.ownership import ownership_correct
from apps.exchange.models import Import
from apps.exchange.services import import_run
from apps.organisations.models import Organisation
from kernel.clock import utc_today
from kernel.models import Event
from tests.factories.exchange import as_folder, as_zip, found, market, read
from tests.factories.organisations import actor_of

pytestmark = pytest.mark.django_db

PERSON = {"owned_key": "hold", "owner_name": "Olena", "owner_kind": "person", "country": "UA", "share_min": "0.4"}


@pytest.fixture
def run(tmp_path):
    """Imports the market with these rows of owners."""

    def run(*rows):
        import_run(path=as_folder({**market(), "owners": list(rows)}, tmp_path))
        return Import.objects.latest("id")

    return run


def problems_of(*rows):
    from apps.exchange.loading.resolution import rows_resolve

    tables, problems = read(as_zip({**market(), "owners": list(rows)}))
    return found(rows_resolve(sender="", tables=tables, problems=problems).problems)


class TestOwners:
    def test_that_are_no_organisation_here_become_parties_of_the_owned(self, run):
        run(PERSON)

        row = OwnershipStatement.objects.get()
        assert (row.owner.legal_name, row.owner.kind, row.owner.country) == ("Olena", "person", "UA")
        assert row.owned.organisation == row.owner.stated_by
        assert row.stated_by is None

    def test_of_one_name_in_one_entity_are_one_party(self, run):
        run(PERSON, {**PERSON, "interest": "voting_rights"}, {**PERSON, "owned_key": "firm"})

        assert Party.objects.filter(legal_name="Olena").count() == 2
        assert set(OwnershipStatement.objects.values_list("interest", flat=True)) == {"shareholding", "voting_rights"}

    def test_with_a_word_that_nobody_knows_have_an_unknown_interest(self, run):
        run({**PERSON, "interest": "golden share"})

        row = OwnershipStatement.objects.get()
        assert (row.interest, row.details) == ("unknown_interest", "golden share")

    def test_a_changed_row_takes_the_place_of_the_one_before(self, run):
        run(PERSON)
        before = OwnershipStatement.objects.get()

        item = run({**PERSON, "share_min": "0.5"})

        now = OwnershipStatement.objects.standing().get()
        assert (now.supersedes, str(now.share_min), now.owner) == (before, "0.500000", before.owner)
        assert item.counts["owners"]["updated"] == 1

    def test_a_changed_row_takes_the_place_of_the_firms_own_correction(self, run):
        run(PERSON)
        own = Organisation.objects.get(legal_name="Holding OÜ")
        better = ownership_correct(actor=actor_of(own), statement=OwnershipStatement.objects.get(), details="better")

        run({**PERSON, "share_min": "0.5"})

        assert OwnershipStatement.objects.standing().get().supersedes == better

    def test_the_same_row_changes_nothing(self, run):
        run(PERSON)
        run(PERSON)

        assert OwnershipStatement.objects.count() == 1

    def test_are_told_of_once_for_each_owned(self, run):
        run(PERSON, {**PERSON, "owner_name": "Ivan"})

        fact = Event.objects.get(name="compliance.ownership.changed")
        assert fact.organisation_id == Organisation.objects.get(legal_name="Holding OÜ").pk

    def test_of_more_than_the_whole_are_refused_with_row_and_reason(self):
        assert problems_of(PERSON, {**PERSON, "owner_name": "Ivan", "share_min": "0.7"}) == [
            ("owners", 2, "share_min", "more_than_the_whole"),
            ("owners", 3, "share_min", "more_than_the_whole"),
        ]

    def test_so_they_are_beside_what_stands(self, run):
        run({**PERSON, "share_min": "0.7"})

        assert problems_of({**PERSON, "owner_name": "Ivan"}) == [("owners", 2, "share_min", "more_than_the_whole")]

    def test_a_row_is_not_held_against_itself(self, run):
        run({**PERSON, "share_min": "0.7"})

        assert problems_of({**PERSON, "share_min": "0.6"}) == []

    def test_of_the_future_are_refused(self):
        tomorrow = (utc_today() + dt.timedelta(days=1)).isoformat()

        assert problems_of({**PERSON, "from": tomorrow}) == [("owners", 2, "from", "in_the_future")]

    def test_in_a_circle_of_majorities_are_refused(self):
        one = {"owned_key": "firm", "owner_name": "H", "owner_key": "hold", "owner_kind": "entity", "share_min": "0.6"}
        two = {"owned_key": "hold", "owner_name": "F", "owner_key": "firm", "owner_kind": "entity", "share_min": "0.6"}

        assert problems_of(one, two) == [
            ("owners", 2, "owner_key", "circle_of_majorities"),
            ("owners", 3, "owner_key", "circle_of_majorities"),
        ]

"""Going dark and coming back."""

import datetime as dt

import pytest

from apps.organisations.rules import NotYours
from apps.organisations.services import organisation_go_dark, organisation_return
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def told(organisation) -> list[str]:
    rows = Event.objects.filter(organisation_id=organisation.pk, object_id=organisation.pk).order_by("id")
    return [event.name.rpartition(".")[2] for event in rows]


@pytest.mark.django_db
class TestOrganisationGoDark:
    def test_keeps_since_when(self) -> None:
        firm = OrganisationFactory()

        organisation_go_dark(actor=actor_of(firm), organisation=firm, now=NOW)

        firm.refresh_from_db()
        assert (firm.dark_since, firm.version) == (NOW, 2)
        assert told(firm) == ["went_dark"]

    def test_again_changes_nothing(self) -> None:
        firm = OrganisationFactory()

        for moment in (NOW, NOW + HOUR):
            organisation_go_dark(actor=actor_of(firm), organisation=firm, now=moment)

        firm.refresh_from_db()
        assert (firm.dark_since, firm.version) == (NOW, 2)
        assert told(firm) == ["went_dark"]

    def test_does_not_mind_another_change_meanwhile(self) -> None:
        firm = OrganisationFactory()
        type(firm).objects.filter(pk=firm.pk).update(version=7)

        assert organisation_go_dark(actor=actor_of(firm), organisation=firm, now=NOW).version == 8

    def test_is_the_own_organisations(self) -> None:
        firm = OrganisationFactory()

        with pytest.raises(NotYours):
            organisation_go_dark(actor=actor_of(OrganisationFactory()), organisation=firm)

        firm.refresh_from_db()
        assert firm.dark_since is None


@pytest.mark.django_db
class TestOrganisationReturn:
    def test_makes_it_visible(self) -> None:
        firm = OrganisationFactory(dark_since=NOW)

        for _ in range(2):
            organisation_return(actor=actor_of(firm), organisation=firm)

        firm.refresh_from_db()
        assert (firm.dark_since, firm.version) == (None, 2)
        assert told(firm) == ["returned"]

    def test_is_the_own_organisations(self) -> None:
        firm = OrganisationFactory(dark_since=NOW)

        with pytest.raises(NotYours):
            organisation_return(actor=actor_of(OrganisationFactory()), organisation=firm)

        firm.refresh_from_db()
        assert firm.dark_since == NOW

"""Opening a firm's data and name to a counterpart, and closing them again."""

import datetime as dt
from typing import Any

import pytest

from apps.organisations.models import DisclosureGrant
from apps.organisations.rules import NotYours
from apps.organisations.services import (
    GrantNotAcceptable,
    GrantNotRevocable,
    NothingToGrant,
    grant_create,
    grant_revoke,
    name_reveal,
    name_show,
)
from apps.organisations.services.grants import LONGEST_GRANT
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.ids import uuid7
from kernel.models import Event
from tests.factories.organisations import GrantFactory, OrganisationFactory, actor_of
from tests.transactions import together

NOW = dt.datetime(2026, 11, 22, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def events() -> list[tuple[str, Any]]:
    rows = Event.objects.filter(name__startswith="organisations.grant.").order_by("id")
    return [(event.name.rpartition(".")[2], event.organisation_id) for event in rows]


@pytest.mark.django_db
class TestGrantCreate:
    @pytest.mark.parametrize("kind", ["fund", "authority"])
    def test_opens_t2_to_a_counterpart(self, kind: str) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind=kind)

        grant = grant_create(actor=actor_of(firm), viewer_id=viewer.pk, until=NOW + DAY, now=NOW)

        grant.refresh_from_db()
        assert (grant.subject, grant.viewer, grant.person) == (firm, viewer, None)
        assert (grant.tier, grant.cause, grant.since, grant.until) == (2, "grant", NOW, NOW + DAY)

    def test_is_in_the_firms_trail(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")

        grant_create(actor=actor_of(firm), viewer_id=viewer.pk, now=NOW)

        event = Event.objects.get(name="organisations.grant.created")
        assert event.organisation_id == firm.pk
        assert event.data == {"viewer": str(viewer.pk), "tier": 2, "cause": "grant", "until": None}

    def test_a_second_one_gives_the_first_its_new_end(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        first = grant_create(actor=actor_of(firm), viewer_id=viewer.pk, until=NOW + DAY, now=NOW)

        second = grant_create(actor=actor_of(firm), viewer_id=viewer.pk, until=NOW + 9 * DAY, now=NOW)

        assert second == first
        assert DisclosureGrant.objects.get().until == NOW + 9 * DAY
        assert events() == [("created", firm.pk), ("changed", firm.pk)]

    def test_the_same_again_changes_nothing(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")

        for _ in range(2):
            grant_create(actor=actor_of(firm), viewer_id=viewer.pk, until=NOW + DAY, now=NOW)

        assert events() == [("created", firm.pk)]

    def test_one_that_is_over_is_not_brought_back(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        first = grant_create(actor=actor_of(firm), viewer_id=viewer.pk, until=NOW + DAY, now=NOW)

        second = grant_create(actor=actor_of(firm), viewer_id=viewer.pk, now=NOW + 2 * DAY)

        first.refresh_from_db()
        assert second != first
        assert first.until == NOW + DAY

    def test_leaves_those_of_other_causes_alone(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        room = GrantFactory(viewer=viewer, subject=firm, tier=3, cause="room", until=NOW + DAY)

        grant_create(actor=actor_of(firm), viewer_id=viewer.pk, now=NOW)

        room.refresh_from_db()
        assert room.until == NOW + DAY
        assert DisclosureGrant.objects.count() == 2

    def test_gives_every_id_that_is_no_counterpart_the_same_refusal(self) -> None:
        firm = OrganisationFactory(kind="firm")
        hidden = {
            "random": uuid7(),
            "oneself": firm.pk,
            "another firm": OrganisationFactory(kind="firm").pk,
            "operator": OrganisationFactory(kind="operator").pk,
            "attestor": OrganisationFactory(kind="attestor").pk,
            "unverified": OrganisationFactory(kind="fund", standing="registered").pk,
            "suspended": OrganisationFactory(kind="fund", standing="suspended").pk,
            "dark": OrganisationFactory(kind="fund", dark_since=utc_now()).pk,
            "merged": OrganisationFactory(kind="fund", merged_into=OrganisationFactory(kind="fund")).pk,
        }

        refusals = {}
        for case, viewer_id in hidden.items():
            with pytest.raises(GrantNotAcceptable) as refusal:
                grant_create(actor=actor_of(firm), viewer_id=viewer_id)
            refusals[case] = (refusal.value.detail, tuple(map(str, refusal.value.errors)))

        assert len(set(refusals.values())) == 1
        assert not DisclosureGrant.objects.exists()

    def test_is_not_for_a_firm_that_sees_nobody(self) -> None:
        viewer = OrganisationFactory(kind="fund")

        with pytest.raises(GrantNotAcceptable):
            grant_create(actor=actor_of(OrganisationFactory(kind="firm", standing="registered")), viewer_id=viewer.pk)

    @pytest.mark.parametrize("kind", ["fund", "authority", "attestor", "operator"])
    def test_is_for_firms_only(self, kind: str) -> None:
        viewer = OrganisationFactory(kind="fund")

        with pytest.raises(NothingToGrant):
            grant_create(actor=actor_of(OrganisationFactory(kind=kind)), viewer_id=viewer.pk)
        with pytest.raises(NothingToGrant):
            grant_create(actor=Actor.system(), viewer_id=viewer.pk)

    @pytest.mark.parametrize(
        ("until", "is_taken"),
        [
            (None, True),
            (NOW - DAY, False),
            (NOW, False),
            (NOW + dt.timedelta(seconds=1), True),
            (NOW + LONGEST_GRANT, True),
            (NOW + LONGEST_GRANT + dt.timedelta(seconds=1), False),
        ],
    )
    def test_lasts_two_years_at_most(self, until: dt.datetime | None, is_taken: bool) -> None:
        actor, viewer = actor_of(OrganisationFactory(kind="firm")), OrganisationFactory(kind="fund")

        if is_taken:
            assert grant_create(actor=actor, viewer_id=viewer.pk, until=until, now=NOW).until == until
        else:
            with pytest.raises(GrantNotAcceptable) as refusal:
                grant_create(actor=actor, viewer_id=viewer.pk, until=until, now=NOW)
            assert [problem.pointer for problem in refusal.value.errors] == ["/until"]


@pytest.mark.django_db
class TestNameReveal:
    def test_shows_the_name_alone(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")

        grant = name_reveal(actor=actor_of(firm, "editor"), viewer_id=viewer.pk)

        assert (grant.subject, grant.viewer, grant.tier, grant.cause) == (firm, viewer, 1, "naming")
        assert grant.until is None
        assert events() == [("created", firm.pk)]

    def test_again_changes_nothing(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")

        first, second = (name_reveal(actor=actor_of(firm), viewer_id=viewer.pk) for _ in range(2))

        assert first == second
        assert events() == [("created", firm.pk)]

    def test_stands_beside_a_grant(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        grant_create(actor=actor_of(firm), viewer_id=viewer.pk)

        name_reveal(actor=actor_of(firm), viewer_id=viewer.pk)

        assert set(DisclosureGrant.objects.values_list("tier", "cause")) == {(2, "grant"), (1, "naming")}

    def test_refuses_what_is_no_counterpart(self) -> None:
        firm = OrganisationFactory(kind="firm")

        for viewer_id in (uuid7(), firm.pk, OrganisationFactory(kind="fund", dark_since=utc_now()).pk):
            with pytest.raises(GrantNotAcceptable) as refusal:
                name_reveal(actor=actor_of(firm), viewer_id=viewer_id)
            assert [problem.pointer for problem in refusal.value.errors] == ["/organisation"]
        with pytest.raises(NothingToGrant):
            name_reveal(actor=actor_of(OrganisationFactory(kind="fund")), viewer_id=firm.pk)


@pytest.mark.django_db
class TestGrantRevoke:
    @pytest.mark.parametrize(("cause", "tier"), [("grant", 2), ("naming", 1)])
    def test_ends_it_now(self, cause: str, tier: int) -> None:
        grant = GrantFactory(subject__kind="firm", tier=tier, cause=cause, since=NOW - DAY)

        grant_revoke(actor=actor_of(grant.subject), grant=grant, now=NOW)

        grant.refresh_from_db()
        assert grant.until == NOW
        event = Event.objects.get(name="organisations.grant.revoked")
        assert event.organisation_id == grant.subject_id
        assert event.data == {"viewer": str(grant.viewer_id), "tier": tier, "cause": cause}

    def test_again_changes_nothing(self) -> None:
        grant = GrantFactory(since=NOW - DAY)
        actor = actor_of(grant.subject)

        grant_revoke(actor=actor, grant=grant, now=NOW)
        grant_revoke(actor=actor, grant=grant, now=NOW + DAY)

        grant.refresh_from_db()
        assert grant.until == NOW
        assert events() == [("revoked", grant.subject_id)]

    def test_is_the_subjects(self) -> None:
        grant = GrantFactory()

        for stranger in (grant.viewer, OrganisationFactory()):
            with pytest.raises(NotYours):
                grant_revoke(actor=actor_of(stranger), grant=grant)

        grant.refresh_from_db()
        assert grant.until is None

    @pytest.mark.parametrize("cause", ["room", "break_glass:1"])
    def test_leaves_what_others_caused(self, cause: str) -> None:
        grant = GrantFactory(cause=cause, tier=3)

        with pytest.raises(GrantNotRevocable):
            grant_revoke(actor=actor_of(grant.subject), grant=grant)

        grant.refresh_from_db()
        assert grant.until is None


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_one_grant_is_made(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        actors = [actor_of(firm) for _ in range(8)]

        made = together(*(lambda actor=actor: grant_create(actor=actor, viewer_id=viewer.pk).pk for actor in actors))

        assert len(set(made)) == 1
        assert DisclosureGrant.objects.filter(subject=firm).count() == 1


@pytest.mark.django_db
class TestNameShow:
    def test_shows_the_firm_s_name_whoever_of_the_two_brought_it_about(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")

        grant = name_show(actor=actor_of(viewer), subject_id=firm.pk, viewer_id=viewer.pk)

        assert (grant.subject, grant.viewer, grant.tier, grant.cause) == (firm, viewer, 1, "naming")
        assert events() == [("created", firm.pk)]

    def test_leaves_what_the_firm_has_shown_already(self) -> None:
        firm, viewer = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        first = name_reveal(actor=actor_of(firm), viewer_id=viewer.pk)

        assert name_show(actor=actor_of(viewer), subject_id=firm.pk, viewer_id=viewer.pk) == first
        assert events() == [("created", firm.pk)]

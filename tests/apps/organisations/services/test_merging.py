"""Merging two entries of one legal entity, with what every app moves."""

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.postgres.fields import ArrayField

from apps.compliance.models import Screening
from apps.exchange.models import ImportKey
from apps.investors.models import Fund, Mandate, MandateVersion
from apps.investors.selectors import mandate_list
from apps.investors.services import versions_record
from apps.matching.models import Deal, MatchList, MatchRun
from apps.organisations import services
from apps.organisations.disclosure import with_tier
from apps.organisations.models import (
    BreakGlass,
    DisclosureGrant,
    Membership,
    Organisation,
    Registration,
    RegistrationClash,
)
from apps.organisations.selectors import actor_for_user
from apps.startups.models import Attestation, Capability, Financials, Firm, Raise
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.models import Event
from tests.apps.organisations.services.merges import firms, merge, nonzero, operator, snapshot
from tests.factories.accounts import UserFactory
from tests.factories.investors import CapacityHoldFactory, FundFactory, LeverFactory, MandateFactory
from tests.factories.organisations import GrantFactory, MembershipFactory, OrganisationFactory, actor_of, undertaking_of
from tests.factories.startups import DevelopmentEventFactory, FirmFactory

pytestmark = pytest.mark.django_db


class TestOrganisationMerge:
    def test_moves_what_belongs_to_the_merged_one(self) -> None:
        merged, into = firms()
        one, other = merged.organisation, into.organisation

        report = merge(one, other)

        assert nonzero(report.moved) == {
            "memberships": 1,
            "memberships_united": 1,
            "identifiers": 2,
            "api_keys_revoked": 1,
            "invitations_revoked": 1,
            "grants": 2,
            "capabilities": 1,
            "raises": 1,
            "financials": 1,
            "ownership_statements": 1,
            "holdings": 1,
            "deals": 1,
            "import_keys": 2,
        }
        assert nonzero(report.conflicts) == {
            "grants_ended": 2,
            "financials": 1,
            "ownership_statements": 1,
            "screenings": 1,
        }
        assert set(other.memberships.values_list("roles__len", flat=True)) == {1, 2}
        assert other.identifiers.count() == 2
        assert Capability.objects.filter(firm=into).count() == 2
        assert Raise.objects.get().firm == into
        assert Deal.objects.get().firm == into
        assert set(ImportKey.objects.values_list("object_id", flat=True)) == {other.pk, into.pk}
        assert Screening.objects.get(organisation=other).result == "hit"
        years = Financials.objects.filter(firm=into, withdrawn_at=None).order_by("year")
        assert list(years.values_list("year", "revenue")) == [(2023, Decimal(1)), (2024, Decimal(2))]
        assert Financials.objects.get(firm=merged).withdrawn_at is not None
        granted = DisclosureGrant.objects.filter(until=None)
        assert not granted.filter(viewer=one).exists()
        assert not granted.filter(subject=one).exists()
        assert granted.count() == 2

    def test_unites_the_roles_of_a_member_of_both(self) -> None:
        one, other = OrganisationFactory(), OrganisationFactory()
        both = UserFactory()
        MembershipFactory(organisation=one, user=both, roles=["editor", "viewer"])
        MembershipFactory(organisation=other, user=both, roles=["owner"])

        merge(one, other)

        membership = Membership.objects.get(user=both)
        assert (membership.organisation, membership.roles) == (other, ["editor", "owner", "viewer"])
        assert membership.version == 2

    def test_makes_nobody_a_member_of_a_verified_one_by_registering_a_doublet(self) -> None:
        acme = OrganisationFactory(standing="verified")
        boss, editor, stranger = actor_of(acme), actor_of(acme, "editor"), Actor(user_id=UserFactory().pk)
        for applicant in (editor, stranger):
            services.registration_receive(actor=applicant, kind="firm", legal_name="Acme", country="UA")
        first, second = Organisation.objects.filter(legal_name="Acme").order_by("pk")

        reports = [merge(first, acme), merge(second, acme)]

        assert [nonzero(report.conflicts)["memberships_ended"] for report in reports] == [1, 1]
        assert {row.user_id: row.roles for row in Membership.objects.filter(organisation=acme)} == {
            boss.user_id: ["owner"],
            editor.user_id: ["editor"],
        }
        assert not Membership.objects.filter(organisation__in=[first, second]).exists()
        removed = Event.objects.filter(name="organisations.membership.removed").values_list("data__user_id", flat=True)
        assert set(removed) == {str(editor.user_id), str(stranger.user_id)}

    def test_gives_a_verified_one_without_an_enabled_owner_its_people(self) -> None:
        imported = OrganisationFactory(standing="verified")
        MembershipFactory(organisation=imported, user__is_active=False)
        founder = Actor(user_id=UserFactory().pk)
        services.registration_receive(actor=founder, kind="firm", legal_name="Acme", country="UA")

        merge(Organisation.objects.get(legal_name="Acme"), imported)

        assert Membership.objects.get(user_id=founder.user_id).organisation == imported

    @pytest.mark.parametrize("side", ["subject", "viewer"])
    def test_leaves_one_grant_where_both_had_one_so_that_revoking_it_closes(self, side: str) -> None:
        kind, far = ("firm", "viewer") if side == "subject" else ("fund", "subject")
        one, other = OrganisationFactory.create_batch(2, kind=kind)
        counterpart = OrganisationFactory(kind="fund" if kind == "firm" else "firm")
        moved, kept = (GrantFactory(**{side: item, far: counterpart}) for item in (one, other))
        name = GrantFactory(**{side: one, far: counterpart}, tier=1, cause="naming")

        report = merge(one, other)

        assert report.conflicts["grants_ended"] == 1
        live = DisclosureGrant.objects.filter(**{side: other, far: counterpart}, until=None)
        assert set(live) == {kept, name}
        moved.refresh_from_db()
        assert moved.until is not None

    def test_counts_dry_what_it_really_does_and_changes_nothing_then(self) -> None:
        merged, into = firms()
        actor = operator()
        before = snapshot()

        dry = merge(merged.organisation, into.organisation, actor, dry_run=True)

        assert snapshot() == before
        real = merge(merged.organisation, into.organisation, actor)
        assert (dry.dry_run, real.dry_run) == (True, False)
        assert (dry.moved, dry.conflicts) == (real.moved, real.conflicts)

    def test_leaves_an_empty_suspended_entry_that_only_operators_see(self) -> None:
        merged, into = firms()
        one, other = merged.organisation, into.organisation
        actor, fund = operator(), actor_of(OrganisationFactory(kind="fund"))
        member = actor_of(one)

        merge(one, other, actor)

        one.refresh_from_db()
        assert (one.merged_into, one.standing) == (other, "suspended")
        assert Organisation.objects.visible_to(actor).filter(pk=one.pk).exists()
        assert not Organisation.objects.visible_to(fund).filter(pk=one.pk).exists()
        assert not Firm.objects.visible_to(fund).filter(pk=merged.pk).exists()
        assert actor_for_user(user_id=member.user_id, organisation_id=one.pk) is None
        there = actor_for_user(user_id=member.user_id, organisation_id=other.pk)
        assert there is not None
        assert there.roles == {"owner"}

    def test_does_not_rely_on_the_standing_to_hide_it(self) -> None:
        one, other = OrganisationFactory(kind="fund"), OrganisationFactory(kind="fund")
        Organisation.objects.filter(pk=one.pk).update(merged_into=other)
        viewer = actor_of(OrganisationFactory(kind="firm"))

        assert set(Organisation.objects.visible_to(viewer).filter(kind="fund")) == {other}
        FundFactory(organisation=one)
        assert not with_tier(Fund.objects.all(), viewer, subject="organisation").exists()

    def test_tells_it_once_with_its_counts(self) -> None:
        merged, into = firms()
        actor = operator()

        report = merge(merged.organisation, into.organisation, actor)

        event = Event.objects.get(name="organisations.organisation.merged")
        assert (event.object_id, event.organisation_id) == (merged.organisation_id, into.organisation_id)
        assert event.actor == f"user:{actor.user_id}"
        assert event.data == {
            "into": str(into.organisation_id),
            "moved": report.moved,
            "conflicts": report.conflicts,
        }
        assert {
            "organisations.membership.added",
            "organisations.membership.changed",
            "organisations.api_key.revoked",
            "organisations.invitation.revoked",
            "organisations.organisation.standing_changed",
        } <= set(Event.objects.values_list("name", flat=True))

    def test_ends_what_two_people_opened_to_an_operator(self) -> None:
        one, other, watcher = OrganisationFactory(), OrganisationFactory(), operator()
        emergency = BreakGlass.objects.create(
            operator_id=watcher.organisation_id, subject=one, tier=3, reason="x", requested_by_id=watcher.user_id
        )
        grant = GrantFactory(viewer_id=watcher.organisation_id, subject=one, person_id=watcher.user_id, tier=3)

        report = merge(one, other)

        assert nonzero(report.conflicts) == {"grants_ended": 1}
        grant.refresh_from_db()
        assert (grant.subject, grant.until is not None) == (one, True)
        emergency.refresh_from_db()
        assert emergency.subject == one

    def test_leaves_registrations_and_undertakings_where_they_were_made(self) -> None:
        applicant = Actor(user_id=UserFactory().pk)
        received = services.registration_receive(actor=applicant, kind="firm", legal_name="Sokil", country="UA")
        one = Organisation.objects.get()
        undertaking = undertaking_of(one)

        merge(one, OrganisationFactory())

        assert Registration.objects.get(pk=received.pk).organisation == one
        undertaking.refresh_from_db()
        assert undertaking.organisation == one

    def test_brings_open_clashes_along_unless_they_are_about_itself(self) -> None:
        other = OrganisationFactory(name_key="sokil")
        person = Actor(user_id=UserFactory().pk)
        services.registration_receive(actor=person, kind="firm", legal_name="Sokil", country="UA")
        one = Organisation.objects.exclude(pk=other.pk).get(kind="firm")
        second = Actor(user_id=UserFactory().pk)
        services.registration_receive(actor=second, kind="firm", legal_name="Sokil LLC", country="UA")
        about = {clash.pk: clash.organisation_id for clash in RegistrationClash.objects.all()}
        assert sorted(about.values()) == sorted([other.pk, one.pk, other.pk])

        report = merge(one, other)

        assert nonzero(report.conflicts) == {"registration_clashes": 1}
        assert "registration_clashes" not in nonzero(report.moved)
        third = Organisation.objects.exclude(pk__in=[one.pk, other.pk]).get(kind="firm")
        Organisation.objects.filter(pk=third.pk).update(standing="verified")
        report = merge(other, third)
        assert nonzero(report.moved)["registration_clashes"] == 1

    def test_does_not_put_what_was_verified_into_what_was_not(self) -> None:
        merged, into = OrganisationFactory(kind="firm"), OrganisationFactory(kind="firm", standing="registered")

        with pytest.raises(services.IntoUnverified):
            merge(merged, into)

        merged.refresh_from_db()
        assert merged.merged_into is None

    def test_moves_a_fund(self) -> None:
        merged, into = FundFactory(), FundFactory()
        mandate = MandateFactory(fund=merged, lever=LeverFactory(organisation=merged.organisation))
        firm = FirmFactory()
        Deal.objects.create(fund=merged, firm=firm, date=dt.date(2026, 1, 1), outcome="passed")
        run = MatchRun.objects.create(as_of=dt.date(2026, 1, 1))
        arrays = [field.name for field in MatchList._meta.fields if isinstance(field, ArrayField)]
        lists: dict[str, list[int]] = {name: [] for name in arrays}
        MatchList.objects.create(
            run=run, side="investor", section="ranked", owner_id=mandate.pk, organisation=merged.organisation, **lists
        )

        hold = CapacityHoldFactory(mandate=mandate)
        versions_record(actor=Actor.system(), mandate_ids=[mandate.pk])

        report = merge(merged.organisation, into.organisation)

        own = actor_of(into.organisation)
        assert [row.mandate_id for row in MandateVersion.objects.visible_to(own)] == [mandate.pk]
        assert [item.holds_in_force for item in mandate_list(actor=own)] == [[hold]]
        assert nonzero(report.moved) == {"mandates": 1, "levers": 1, "deals": 1, "match_lists": 1}
        mandate.refresh_from_db()
        assert mandate.fund == into
        assert mandate.lever is not None
        assert mandate.lever.organisation == into.organisation
        assert MatchList.objects.get().organisation == into.organisation
        assert Deal.objects.get().fund == into

    def test_makes_the_entry_that_the_other_lacks(self) -> None:
        merged, into = MandateFactory().fund, OrganisationFactory(kind="fund")

        merge(merged.organisation, into)

        assert Mandate.objects.get().fund.organisation == into

    def test_moves_an_attestors_word_unless_the_other_has_given_it(self) -> None:
        one, other = OrganisationFactory(kind="attestor"), OrganisationFactory(kind="attestor")
        events = DevelopmentEventFactory.create_batch(2)
        for event, attestor in ((events[0], one), (events[1], one), (events[1], other)):
            Attestation.objects.create(
                event=event, attestor=attestor, verdict="confirmed", attested_on=dt.date(2026, 1, 1)
            )

        report = merge(one, other)

        assert (nonzero(report.moved), nonzero(report.conflicts)) == ({"attestations": 1}, {"attestations": 1})
        assert Attestation.objects.filter(attestor=other).count() == 2

    def test_moves_the_screening_that_the_other_lacks(self) -> None:
        one, other = OrganisationFactory(), OrganisationFactory()
        Screening.objects.create(organisation=one, result="review", basis="case")

        assert nonzero(merge(one, other).moved) == {"screenings": 1}
        assert Screening.objects.get().organisation == other

    def test_keeps_the_severer_result_of_the_other(self) -> None:
        one, other = OrganisationFactory(), OrganisationFactory()
        Screening.objects.create(organisation=one, result="clear", basis="case")
        Screening.objects.create(organisation=other, result="review", basis="case")

        merge(one, other)

        assert Screening.objects.get(organisation=other).result == "review"

    def test_points_earlier_merges_to_the_last(self) -> None:
        first, second, third = OrganisationFactory.create_batch(3)

        merge(first, second)
        merge(second, third)

        first.refresh_from_db()
        assert first.merged_into == third


class TestRefusal:
    def refused(self, error: type[Exception], merged: Organisation, into: Organisation, actor: Actor) -> None:
        before = snapshot()
        for dry_run in (True, False):
            with pytest.raises(error):
                merge(merged, into, actor, dry_run=dry_run)
        assert snapshot() == before

    def test_of_two_kinds_of_itself_and_of_operators(self) -> None:
        firm, fund = OrganisationFactory(kind="firm"), OrganisationFactory(kind="fund")
        operators = OrganisationFactory.create_batch(2, kind="operator")

        for merged, into in ((firm, fund), (firm, firm), operators):
            self.refused(services.MergeNotAcceptable, merged, into, operator())

    def test_of_what_was_merged_already(self) -> None:
        one, other, third = OrganisationFactory.create_batch(3)
        merge(one, other)

        for merged, into in ((one, third), (third, one)):
            self.refused(services.AlreadyMerged, merged, into, operator())

    def test_of_what_has_gone_dark(self) -> None:
        one, dark = OrganisationFactory(), OrganisationFactory(dark_since=utc_now())

        for merged, into in ((one, dark), (dark, one)):
            self.refused(services.GoneDark, merged, into, operator())

    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            ("operator", "viewer"),
            ("operator", "compliance"),
            ("firm", "owner"),
            ("fund", "owner"),
            ("authority", "officer"),
        ],
    )
    def test_to_all_who_may_not(self, kind: str, role: str) -> None:
        one, other = OrganisationFactory.create_batch(2)

        self.refused(services.MergeNotYours, one, other, actor_of(OrganisationFactory(kind=kind), role))

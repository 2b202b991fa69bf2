"""Accepting the undertaking."""

import pytest

from apps.organisations.disclosure import UNDERTAKING
from apps.organisations.models import UndertakingAcceptance
from apps.organisations.selectors import actor_for_key, api_key_find
from apps.organisations.services import (
    UndertakingNeedsPerson,
    UndertakingNeedsVerification,
    UndertakingNotInForce,
    undertaking_accept,
)
from apps.organisations.undertakings import undertaking_sha256
from kernel.access import Actor
from kernel.models import Event
from tests.factories.organisations import OrganisationFactory, actor_of, key_of
from tests.transactions import together

ACCEPTED = "organisations.undertaking.accepted"


def accept(actor: Actor, **changes: str) -> UndertakingAcceptance:
    values = {"sha256": undertaking_sha256(), "language": "uk", "address": "192.0.2.7", **changes}
    return undertaking_accept(actor=actor, **values)


@pytest.mark.django_db
class TestUndertakingAccept:
    def test_keeps_who_when_in_which_language_and_from_where(self) -> None:
        actor = actor_of(OrganisationFactory(kind="fund"), "signatory")

        accept(actor)

        kept = UndertakingAcceptance.objects.get()
        assert (kept.organisation_id, kept.accepted_by_id) == (actor.organisation_id, actor.user_id)
        assert (kept.undertaking, kept.sha256) == (UNDERTAKING, undertaking_sha256())
        assert (kept.language, kept.address) == ("uk", "192.0.2.7")

    def test_tells_it_without_a_personal_value(self) -> None:
        actor = actor_of(OrganisationFactory(kind="fund"), "signatory")

        accept(actor)

        event = Event.objects.get(name=ACCEPTED)
        assert event.organisation_id == actor.organisation_id
        assert event.data == {"undertaking": UNDERTAKING, "sha256": undertaking_sha256(), "language": "uk"}

    def test_twice_is_once(self) -> None:
        fund = OrganisationFactory(kind="fund")
        first = accept(actor_of(fund, "signatory"))

        second = accept(actor_of(fund, "signatory"), language="en")

        assert second == first
        assert second.language == "uk"
        assert Event.objects.filter(name=ACCEPTED).count() == 1

    def test_refuses_software(self) -> None:
        actor = actor_of(OrganisationFactory(kind="fund"), "signatory")
        prefix = key_of(actor).key.prefix

        with pytest.raises(UndertakingNeedsPerson):
            accept(actor_for_key(key=api_key_find(prefix=prefix)))
        with pytest.raises(UndertakingNeedsPerson):
            accept(Actor.system())

    @pytest.mark.parametrize("standing", ["registered", "suspended"])
    def test_refuses_who_is_not_verified(self, standing: str) -> None:
        with pytest.raises(UndertakingNeedsVerification):
            accept(actor_of(OrganisationFactory(kind="fund", standing=standing), "signatory"))

        assert not UndertakingAcceptance.objects.exists()

    def test_refuses_another_text(self) -> None:
        with pytest.raises(UndertakingNotInForce) as refusal:
            accept(actor_of(OrganisationFactory(kind="fund"), "signatory"), sha256="0" * 64)

        assert [problem.pointer for problem in refusal.value.errors] == ["/sha256"]


@pytest.mark.usefixtures("committed")
class TestAtOnce:
    def test_binds_once(self) -> None:
        fund = OrganisationFactory(kind="fund")
        actors = [actor_of(fund, "signatory") for _ in range(4)]

        kept = together(*(lambda actor=actor: accept(actor).pk for actor in actors))

        assert len(set(kept)) == 1
        assert Event.objects.filter(name=ACCEPTED).count() == 1

"""Who may fire which transition, below the interface: the machines refuse whoever the list does not name."""

from typing import Any

import pytest

from apps.exchange.models import Import
from apps.exchange.states import IMPORT, ImportStatus
from apps.investors.states import MANDATE, MandateStatus
from apps.matching.models import MatchRun
from apps.matching.services import run_start
from apps.matching.states import RUN
from apps.organisations.models import Membership, Organisation
from apps.organisations.selectors import actor_for_member
from apps.permissions import Kind, Role
from apps.startups.states import CAPABILITY, RAISE, CapabilityStatus, RaiseStatus
from kernel.access import Actor
from kernel.models import Event
from kernel.states import Machine, NotPermitted
from tests.authorisation.world import organisation_made
from tests.factories.accounts import UserFactory
from tests.factories.investors import MandateFactory
from tests.factories.startups import CapabilityFactory, RaiseFactory

pytestmark = pytest.mark.django_db

FIRM, FUND, OPERATOR = "firm owner, firm editor", "fund owner, fund editor", "operator owner, operator editor"


def drafted(_organisation: Organisation) -> Any:
    return CapabilityFactory(status=CapabilityStatus.DRAFT)


def published(_organisation: Organisation) -> Any:
    return CapabilityFactory()


def raise_in(status: str) -> Any:
    return lambda _organisation: RaiseFactory(status=status)


def mandate_in(status: str) -> Any:
    return lambda _organisation: MandateFactory(status=status)


def queued(_organisation: Organisation) -> MatchRun:
    return run_start(actor=Actor.system())


def checked(organisation: Organisation) -> Import:
    return Import.objects.create(
        organisation=organisation, file_name="market.zip", sha256="0" * 64, content=b"", status=ImportStatus.CHECKED
    )


@pytest.mark.parametrize(
    ("machine", "name", "build", "firing"),
    [
        (CAPABILITY, "publish", drafted, FIRM),
        (CAPABILITY, "archive", published, FIRM),
        (RAISE, "open", raise_in(RaiseStatus.DRAFT), FIRM),
        (RAISE, "commit_partly", raise_in(RaiseStatus.OPEN), FIRM),
        (RAISE, "reopen", raise_in(RaiseStatus.PARTLY_COMMITTED), FIRM),
        (RAISE, "close", raise_in(RaiseStatus.OPEN), FIRM),
        (RAISE, "withdraw", raise_in(RaiseStatus.OPEN), FIRM),
        (MANDATE, "activate", mandate_in(MandateStatus.DRAFT), FUND),
        (MANDATE, "pause", mandate_in(MandateStatus.ACTIVE), FUND),
        (MANDATE, "close", mandate_in(MandateStatus.ACTIVE), FUND),
        (RUN, "cancel", queued, OPERATOR),
        (IMPORT, "confirm", checked, OPERATOR),
    ],
    ids=lambda value: getattr(value, "name", value) if isinstance(value, Machine | str) else "",
)
class TestTransition:
    def test_is_fired_by_these_roles_alone(self, machine: Machine, name: str, build: Any, firing: str) -> None:
        organisations = {kind: organisation_made(kind) for kind in Kind}
        instance = build(organisations[Kind.OPERATOR])
        rows = type(instance)._default_manager.filter(pk=instance.pk)
        before = rows.values("status").get()

        user = UserFactory()
        let = set()
        for kind in Kind:
            for role in Role:
                told = Event.objects.count()
                try:
                    member = Membership(organisation=organisations[kind], user=user, roles=[role])
                    machine.fire(name, instance=instance, actor=actor_for_member(membership=member))
                except NotPermitted:
                    assert rows.values("status").get() == before
                    assert Event.objects.count() == told
                else:
                    let.add(f"{kind} {role}")
                    rows.update(**before)

        assert let == set(firing.split(", "))

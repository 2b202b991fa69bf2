"""Who a job is done for, and what that actor may do when the job runs."""

import pytest

from apps.accounts.models import User
from apps.exchange.selectors import actor_now
from apps.organisations.models import ApiKey, Membership
from apps.permissions import Permission
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.organisations import OrganisationFactory, actor_of, key_of

pytestmark = pytest.mark.django_db


def now(label: str, organisation_id, permission: str = Permission.EXPORT_CREATE) -> Actor | None:
    return actor_now(label=label, organisation_id=organisation_id, permission=permission)


class TestActorNow:
    def test_is_the_person_with_its_roles_of_today(self):
        actor = actor_of(OrganisationFactory())
        Membership.objects.filter(user_id=actor.user_id).update(roles=["editor"])

        found = now(actor.label(), actor.organisation_id)

        assert (found.user_id, found.roles) == (actor.user_id, frozenset({"editor"}))

    def test_is_the_key_while_it_is_good(self):
        actor = actor_of(OrganisationFactory())
        key = key_of(actor).key
        label = f"key:{key.pk}"

        before = now(label, actor.organisation_id)
        ApiKey.objects.filter(pk=key.pk).update(revoked_at=utc_now())

        assert (before.api_key_id, now(label, actor.organisation_id)) == (key.pk, None)

    def test_is_nobody_without_the_permission(self):
        actor = actor_of(OrganisationFactory(), "viewer")

        assert now(actor.label(), actor.organisation_id) is None

    def test_is_nobody_once_blocked_or_gone(self):
        blocked, gone = (actor_of(OrganisationFactory()) for _ in range(2))
        User.objects.filter(pk=blocked.user_id).update(is_active=False)
        Membership.objects.filter(user_id=gone.user_id).delete()

        assert [now(actor.label(), actor.organisation_id) for actor in (blocked, gone)] == [None, None]

    def test_is_nobody_for_another_organisation(self):
        actor = actor_of(OrganisationFactory())

        assert now(actor.label(), OrganisationFactory().pk) is None

    @pytest.mark.parametrize("label", ["", "system", "anonymous"])
    def test_is_nobody_without_a_person(self, label):
        assert now(label, OrganisationFactory().pk) is None

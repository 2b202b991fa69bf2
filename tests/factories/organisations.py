"""Organisations, members and their actors for tests."""

import datetime as dt

import factory
from rest_framework.test import APIClient

from apps.accounts.models import User
from apps.organisations.disclosure import UNDERTAKING
from apps.organisations.models import DisclosureGrant, Membership, Organisation, UndertakingAcceptance
from apps.organisations.selectors import actor_for_member
from apps.organisations.services import ApiKeyMade, api_key_create
from apps.organisations.states import Standing
from apps.permissions import Kind, Role
from kernel.access import Actor
from kernel.clock import utc_now
from tests.factories.accounts import UserFactory


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = Kind.FIRM.value
    legal_name = factory.Sequence(lambda n: f"Organisation {n}")
    country = "UA"
    standing = Standing.VERIFIED


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    organisation = factory.SubFactory(OrganisationFactory)
    user = factory.SubFactory(UserFactory)
    roles = factory.LazyFunction(lambda: [Role.OWNER.value])


class GrantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = DisclosureGrant
        skip_postgeneration_save = True

    viewer = factory.SubFactory(OrganisationFactory)
    subject = factory.SubFactory(OrganisationFactory)
    tier = 2
    cause = "grant"

    @factory.post_generation
    def undertaking(self, create, extracted, **kwargs):
        """The viewer is bound by the undertaking in force, unless `undertaking=False`."""
        if create and extracted is not False and self.tier == 2 and self.viewer.kind != Kind.OPERATOR:
            undertaking_of(self.viewer)


def undertaking_of(organisation: Organisation) -> UndertakingAcceptance:
    """The organisation bound by the undertaking in force."""
    return UndertakingAcceptance.objects.get_or_create(
        organisation=organisation,
        undertaking=UNDERTAKING,
        defaults={"sha256": "0" * 64, "language": "en", "accepted_by": UserFactory()},
    )[0]


def actor_of(organisation: Organisation, *roles: str) -> Actor:
    """A new member of the organisation (an owner unless `roles` say otherwise), as it acts, its second factor just
    shown.
    """
    return actor_for_member(
        membership=MembershipFactory(organisation=organisation, roles=list(roles) or [Role.OWNER.value]),
        second_factor_at=utc_now(),
    )


def key_of(actor: Actor, *scopes: str, days: int = 30) -> ApiKeyMade:
    """A key made by the actor with these scopes, all of the actor's if none are given."""
    expires_at = utc_now() + dt.timedelta(days=days)
    return api_key_create(actor=actor, name="test", scopes=scopes or sorted(actor.permissions), expires_at=expires_at)


def client_of(actor: Actor) -> APIClient:
    """A client of the REST interface that calls as the actor; its sign-in is not part of the test."""
    client = APIClient()
    client.force_authenticate(user=User.objects.filter(pk=actor.user_id).first(), token=actor)
    return client

"""Registrations: received alike in every case; what an operator has to look at is noted beside them."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.functions import Greatest

from apps.accounts.models import User
from apps.organisations import events
from apps.organisations.models import Identifier, Organisation, Registration, RegistrationClash
from apps.organisations.rules import NotYours, name_keys
from apps.organisations.rules.names import PARTS
from apps.organisations.services.organisations import (
    IdentifierTaken,
    organisation_register,
    registrant_require,
    stated_checked,
)
from apps.organisations.states import REGISTRATION, REGISTRATION_CLASH, ClashCause, RegistrationStatus
from kernel.access import Actor
from kernel.clock import utc_now
from kernel.errors import Conflict
from kernel.events import publish

MOST_IN_REVIEW = 10
MOST_A_DAY = 20
SIMILAR = 0.55
"""From this share of common trigrams on the operator is shown a similar name. One other letter ("Sokil Dron", "Sokol
Dron": 0.57), a missing space ("Airlogix", "Air Logix": 0.58) and one word more ("Sokil Dron Ukraine": 0.58) are above;
names that share a common word only ("Alpha Technologies", "Beta Technologies": 0.54) are below.
"""
MOST_SIMILAR = 5


class TooManyInReview(Conflict):
    """Ten of your registrations wait for review. Withdraw one or wait for the operator."""


class TooManyToday(Conflict):
    """You have sent twenty registrations within a day. Try again tomorrow."""


class NumberStillHeld(Conflict):
    """An organisation holds a number of this registration. Judge it the same, or take the number from there first."""


@transaction.atomic
def registration_receive(
    *,
    actor: Actor,
    kind: str,
    legal_name: str,
    country: str,
    legal_name_uk: str = "",
    identifiers: Sequence[tuple[str, str]] = (),
    now: dt.datetime | None = None,
) -> Registration:
    """Take in a registration and return it as received: alike whether or not something stands against it.

    Where all numbers are free the organisation is made at once and the applicant owns it. A number that is taken keeps
    the registration in review. Raises RegistrationNeedsPerson, OperatorNotRegistered, OrganisationNotAcceptable,
    TooManyInReview and TooManyToday.
    """
    applicant_id = registrant_require(actor=actor, kind=kind)
    stated = stated_checked(
        kind=kind, legal_name=legal_name, country=country, legal_name_uk=legal_name_uk, identifiers=identifiers
    )
    _hold_limits(applicant_id, now or utc_now())
    registration = Registration.objects.create(
        applicant_id=applicant_id,
        kind=stated.kind,
        legal_name=stated.legal_name,
        legal_name_uk=stated.legal_name_uk,
        country=stated.country,
        identifiers=[list(number) for number in stated.identifiers],
    )
    received = copy.copy(registration)
    publish(
        events.REGISTRATION_RECEIVED,
        actor=actor,
        subject=registration,
        data={"kind": stated.kind, "country": stated.country},
    )
    _complete(actor, registration)
    _compare_names(registration)
    return received


@transaction.atomic
def registration_withdraw(*, actor: Actor, registration: Registration) -> Registration:
    """End one's own registration while it is in review. Raises NotYours and NotNow."""
    is_own = actor.api_key_id is None and actor.user_id == registration.applicant_id
    if not (is_own or actor.is_system):
        raise NotYours
    return REGISTRATION.fire("withdraw", instance=registration, actor=Actor.system(), data={"by": actor.label()})


@transaction.atomic
def clash_judge_distinct(
    *, actor: Actor, clash: RegistrationClash, reason: str, now: dt.datetime | None = None
) -> RegistrationClash:
    """Judge that the registration means another entity; one that a number held up is registered now.

    Raises NotPermitted, NotNow, and NumberStillHeld while an organisation holds one of its numbers.
    """
    _judge("judge_distinct", actor, clash, reason, now)
    registration = clash.registration
    if _is_held_up(clash) and not _complete(Actor.system(), registration):
        raise NumberStillHeld
    return clash


@transaction.atomic
def clash_judge_same(
    *, actor: Actor, clash: RegistrationClash, reason: str, now: dt.datetime | None = None
) -> RegistrationClash:
    """Judge that the registration means the entity that is there already: one that a number held up is refused.

    After a clash of names the registered organisation is to be merged. Raises NotPermitted and NotNow.
    """
    _judge("judge_same", actor, clash, reason, now)
    if _is_held_up(clash):
        REGISTRATION.fire("refuse", instance=clash.registration, actor=Actor.system(), data={"by": actor.label()})
    return clash


def _hold_limits(applicant_id: UUID, now: dt.datetime) -> None:
    """Raises TooManyInReview and TooManyToday; the lock lets a person's registrations count one after the other."""
    list(User.objects.select_for_update(no_key=True).filter(pk=applicant_id).values_list("pk"))
    own = Registration.objects.filter(applicant_id=applicant_id)
    if own.filter(status=RegistrationStatus.IN_REVIEW).count() >= MOST_IN_REVIEW:
        raise TooManyInReview
    if own.filter(created_at__gt=now - dt.timedelta(days=1)).count() >= MOST_A_DAY:
        raise TooManyToday


def _complete(actor: Actor, registration: Registration) -> bool:
    """Make the organisation, owned by the applicant; where a number is taken, note with whom it clashes instead.

    The unique constraint decides between registrations at the same moment.
    """
    numbers = [(scheme, value) for scheme, value in registration.identifiers]
    while True:
        try:
            organisation = organisation_register(
                actor=actor,
                kind=registration.kind,
                legal_name=registration.legal_name,
                legal_name_uk=registration.legal_name_uk,
                country=registration.country,
                identifiers=numbers,
                owner_id=registration.applicant_id,
            )
        except IdentifierTaken:
            if _note_numbers(registration, numbers):
                return False
            continue  # whoever held the number has let it go since
        registration.organisation = organisation
        registration.save(update_fields=["organisation"])
        REGISTRATION.fire("register", instance=registration, actor=Actor.system(), organisation_id=organisation.pk)
        return True


def _note_numbers(registration: Registration, numbers: Sequence[tuple[str, str]]) -> bool:
    held = reduce(or_, [Q(scheme=scheme, value=value) for scheme, value in numbers])
    holders = Identifier.objects.filter(held).values_list("organisation_id", flat=True)
    found = sorted(set(holders))
    for organisation_id in found:
        _note(registration, organisation_id, ClashCause.IDENTIFIER, None)
    return bool(found)


def _compare_names(registration: Registration) -> None:
    """Note the organisations with the most similar names; this holds up nothing."""
    keys = name_keys(legal_name=registration.legal_name, legal_name_uk=registration.legal_name_uk)
    if not keys:
        return
    known = [*registration.clashes.values_list("organisation_id", flat=True), registration.organisation_id]
    with connection.cursor() as cursor:
        # The index finds candidates by this; a name's parts are never more similar than its most similar words.
        cursor.execute("SELECT set_config('pg_trgm.word_similarity_threshold', %s, true)", [str(SIMILAR)])
    parts = [
        Func(F("name_key"), Value(PARTS), Value(place), function="split_part", output_field=CharField())
        for place in (1, 2)
    ]
    rows = (
        Organisation.objects.filter(reduce(or_, [Q(name_key__trigram_word_similar=key) for key in keys]))
        .filter(merged_into=None)
        .exclude(pk__in=[pk for pk in known if pk is not None])
        .annotate(similarity=Greatest(*(TrigramSimilarity(part, key) for part in parts for key in keys)))
        .filter(similarity__gte=SIMILAR)
        .order_by("-similarity", "pk")
        .values_list("pk", "similarity")
    )
    for organisation_id, similarity in rows[:MOST_SIMILAR]:
        _note(registration, organisation_id, ClashCause.NAME, Decimal(f"{similarity:.3f}"))


def _note(registration: Registration, organisation_id: UUID, cause: ClashCause, similarity: Decimal | None) -> None:
    clash, is_new = RegistrationClash.objects.get_or_create(
        registration=registration, organisation_id=organisation_id, cause=cause, defaults={"similarity": similarity}
    )
    if is_new:
        # The fact belongs to neither side's trail: whoever reads one of them would learn of the other.
        publish(
            events.CLASH_FOUND,
            actor=Actor.system(),
            subject=Registration(pk=registration.pk),
            data={"clash_id": str(clash.pk), "cause": cause.value},
        )


def _judge(name: str, actor: Actor, clash: RegistrationClash, reason: str, now: dt.datetime | None) -> None:
    REGISTRATION_CLASH.fire(name, instance=clash, actor=actor, organisation_id=actor.organisation_id)
    clash.decided_by_id, clash.decided_at, clash.reason = actor.user_id, now or utc_now(), reason.strip()
    clash.save(update_fields=["decided_by", "decided_at", "reason"])


def _is_held_up(clash: RegistrationClash) -> bool:
    """Whether the registration still waits because of this clash."""
    return clash.cause == ClashCause.IDENTIFIER and clash.registration.status == RegistrationStatus.IN_REVIEW

"""Stating who owns an organisation: one or many statements at once, corrections, ends; and roles in its group."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from apps.compliance import events
from apps.compliance.models import GroupMembership, OwnershipStatement, Party
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.rules.statements import Problem, statement_problems
from apps.compliance.selectors.ownership import stated_of
from apps.compliance.services.parties import parties_ensure
from apps.compliance.states import GroupRole, InterestType, PartyKind, UnknownReason
from apps.organisations.models import Membership, Organisation
from apps.organisations.rules import own_require
from apps.organisations.selectors import organisation_list
from apps.reference.codes import country_codes
from kernel.access import Actor
from kernel.clock import database_now, utc_now, utc_today
from kernel.errors import Conflict, FieldProblem, Invalid, NotFound
from kernel.events import OWN, publish

MOST_PARTIES = 500
MOST_STATEMENTS = 500
"""How much one call states."""
MOST_TOLD = 100
"""Of how many statements a fact gives the ids."""
MOST_STANDING = 2_000
"""How many statements of one organisation stand at a time."""


class OwnershipNotAcceptable(Invalid):
    """The statements of ownership are not acceptable."""


class StatementNotStanding(Conflict):
    """This statement was replaced or withdrawn already."""


class TooManyStatements(Conflict):
    """An organisation states at most {most} interests at a time."""


COLUMNS = tuple(name for name in InterestStated.__dataclass_fields__ if name not in {"owner", "owned"})


@dataclass(slots=True)
class _Call:
    """What a call says, read: new parties, the ids that its keys stand for, and everything that is wrong."""

    organisation: Organisation
    moment: dt.datetime
    today: dt.date
    parties: dict[str, Party] = field(default_factory=dict)
    problems: list[FieldProblem] = field(default_factory=list)

    def refuse(self, pointer: str, code: str, detail: str, values: Mapping[str, object] | None = None) -> None:
        self.problems.append(FieldProblem(pointer, code, detail, values or {}))


@transaction.atomic
def ownership_state(
    *,
    actor: Actor,
    organisation_id: UUID,
    parties: Sequence[PartyStated] = (),
    statements: Sequence[InterestStated],
    is_trial: bool = False,
    now: dt.datetime | None = None,
) -> list[OwnershipStatement]:
    """State interests in one's own organisation, or in the unregistered entities above it that it named itself.

    All or nothing; `is_trial` looks for problems only and writes nothing. Raises NotYours, TooManyStatements and
    OwnershipNotAcceptable with a pointer for each wrong place.
    """
    own_require(actor=actor, organisation_id=organisation_id)
    call = _begin(organisation_id, now)
    _read_parties(call, parties)
    rows = _read_statements(call, actor, statements)
    _judge(call, [(index, row) for index, row in enumerate(rows) if row is not None], replaced=None)
    if call.problems:
        raise OwnershipNotAcceptable(errors=call.problems)
    made = [row for row in rows if row is not None]
    if is_trial:
        return made
    used = {row.owner_id for row in made} | {row.owned_id for row in made}
    Party.objects.bulk_create([party for party in call.parties.values() if party.pk in used])
    OwnershipStatement.objects.bulk_create(made)
    _told(actor, call.organisation, made)
    return made


@transaction.atomic
def ownership_correct(
    *, actor: Actor, statement: OwnershipStatement, now: dt.datetime | None = None, **changes: Any
) -> OwnershipStatement:
    """State anew what a statement said wrongly: a new statement with `changes` (fields of InterestStated, `owner` as an
    id) takes its place.

    Raises NotYours, StatementNotStanding and OwnershipNotAcceptable.
    """
    found = _standing(actor, statement)
    call = _begin(_stating(found), now)
    stated = InterestStated(
        owner=str(found.owner_id), owned=str(found.owned_id), **{name: getattr(found, name) for name in COLUMNS}
    )
    rows = _read_statements(call, actor, [replace(stated, **changes)])
    _judge(call, [(0, row) for row in rows if row is not None], replaced=found)
    if call.problems:
        prefix = "/statements/0"
        raise OwnershipNotAcceptable(
            errors=[replace(problem, pointer=problem.pointer.removeprefix(prefix)) for problem in call.problems]
        )
    made = next(row for row in rows if row is not None)
    made.supersedes = found
    made.save(force_insert=True)
    _told(actor, call.organisation, [made])
    return made


@transaction.atomic
def ownership_end(
    *, actor: Actor, statement: OwnershipStatement, on: dt.date | None, now: dt.datetime | None = None
) -> OwnershipStatement:
    """State that an interest ended: `on` is the first day without it. None withdraws the statement: it was never so.

    Raises NotYours, StatementNotStanding and OwnershipNotAcceptable.
    """
    if on is not None:
        return ownership_correct(actor=actor, statement=statement, now=now, to_date=on)
    found = _standing(actor, statement)
    call = _begin(_stating(found), now)
    columns = {name: getattr(found, name) for name in COLUMNS}
    made = OwnershipStatement.objects.create(
        owned_id=found.owned_id,
        owner_id=found.owner_id,
        **columns,
        supersedes=found,
        is_withdrawn=True,
        stated_by=call.organisation,
        stated_at=call.moment,
    )
    _told(actor, call.organisation, [made])
    return made


@transaction.atomic
def group_role_declare(
    *, actor: Actor, organisation_id: UUID, role: str, party_id: UUID | None, now: dt.datetime | None = None
) -> GroupMembership | None:
    """Declare who has a role in the group of one's own organisation; None ends the declaration.

    Raises NotYours and OwnershipNotAcceptable.
    """
    own_require(actor=actor, organisation_id=organisation_id)
    call = _begin(organisation_id, now)
    if role not in GroupRole.values:
        call.refuse("/role", "unknown_role", "One of {known}.", {"known": ", ".join(GroupRole.values)})
    if party_id is not None and party_id not in _known(call, actor, [str(party_id)]).values():
        call.refuse("/party", "does_not_exist", "There is no such party.")
    if call.problems:
        raise OwnershipNotAcceptable(errors=call.problems)
    present = GroupMembership.objects.filter(organisation=call.organisation, role=role, ended_at=None)
    present.update(ended_at=now or database_now())
    made = None
    if party_id is not None:
        made = GroupMembership.objects.create(organisation=call.organisation, role=role, party_id=party_id)
    publish(
        events.GROUP_ROLE_DECLARED,
        actor=actor,
        subject=call.organisation,
        organisation_id=organisation_id,
        data={"role": role, "party": party_id and str(party_id)},
    )
    return made


def _begin(organisation_id: UUID, now: dt.datetime | None) -> _Call:
    # One at a time for each organisation: two calls at once do not give away more than the whole.
    organisation = Organisation.objects.select_for_update(no_key=True).filter(pk=organisation_id).first()
    if organisation is None:
        raise NotFound
    parties_ensure(organisation_ids=[organisation_id])
    # Of after the lock: who decides on the organisation's case at the same time has seen it or has not.
    return _Call(organisation, now or utc_now(), utc_today(now))


def _standing(actor: Actor, statement: OwnershipStatement) -> OwnershipStatement:
    own_require(actor=actor, organisation_id=_stating(statement))
    Organisation.objects.select_for_update(no_key=True).get(pk=_stating(statement))
    found = OwnershipStatement.objects.standing().filter(pk=statement.pk).first()
    if found is None:
        raise StatementNotStanding
    return found


def _stating(statement: OwnershipStatement) -> UUID:
    """The organisation whose word it is; what came without a stater is that of the organisation that is owned."""
    return statement.stated_by_id or statement.owned_id


def _read_parties(call: _Call, parties: Sequence[PartyStated]) -> None:
    if len(parties) > MOST_PARTIES:
        call.refuse("/parties", "too_many", "At most {most}.", {"most": MOST_PARTIES})
        return
    for index, item in enumerate(parties):
        at = f"/parties/{index}"
        if not item.key or item.key in call.parties:
            call.refuse(f"{at}/key", "repeated", "Each party has a key of its own.")
        for pointer, code in [
            (f"{at}/country", item.country),
            *((f"{at}/nationalities/{place}", code) for place, code in enumerate(item.nationalities)),
        ]:
            if code and code not in country_codes():
                call.refuse(pointer, "unknown_country", "Not a country code (ISO 3166-1 alpha-2).")
        if item.kind != PartyKind.UNKNOWN and not item.legal_name.strip():
            call.refuse(f"{at}/legal_name", "blank", "A person or an entity has a name.")
        if item.kind != PartyKind.UNKNOWN and item.unknown_reason:
            call.refuse(f"{at}/unknown_reason", "not_unknown", "Only an unknown owner has a reason for it.")
        if item.kind == PartyKind.UNKNOWN and item.unknown_reason not in UnknownReason.values:
            call.refuse(f"{at}/unknown_reason", "required", "Why the owner is unknown.")
        _read_dates(call, at, item)
        # A sound id for a party that is not sound: what it would be the owner of is looked at as well.
        call.parties[item.key] = Party(
            kind=item.kind,
            entity_type=item.entity_type,
            legal_name=item.legal_name.strip(),
            native_name=item.native_name.strip(),
            country=item.country,
            nationalities=list(item.nationalities),
            birth_date=item.birth_date,
            registered_on=item.registered_on,
            identifiers=[{"scheme": each["scheme"], "value": each["value"]} for each in item.identifiers],
            unknown_reason=item.unknown_reason,
            stated_by=call.organisation,
        )


def _read_dates(call: _Call, at: str, item: PartyStated) -> None:
    if item.birth_date:
        whole = f"{item.birth_date}-01-01"[:10]
        try:
            born = dt.date.fromisoformat(whole)
        except ValueError:
            call.refuse(f"{at}/birth_date", "invalid", "A year, a month or a day: 1970, 1970-05, 1970-05-21.")
        else:
            if born > call.today:
                call.refuse(f"{at}/birth_date", "in_the_future", "A date in the future.")
    if item.registered_on is not None and item.registered_on > call.today:
        call.refuse(f"{at}/registered_on", "in_the_future", "A date in the future.")


def _read_statements(
    call: _Call, actor: Actor, statements: Sequence[InterestStated]
) -> list[OwnershipStatement | None]:
    if not statements or len(statements) > MOST_STATEMENTS:
        call.refuse("/statements", "too_many" if statements else "empty", "1 to {most}.", {"most": MOST_STATEMENTS})
        return []
    own = call.organisation.pk
    known = _known(call, actor, {name for item in statements for name in (item.owner, item.owned)})
    ownable = _ownable(call, set(known.values()))
    rows: list[OwnershipStatement | None] = []
    for index, item in enumerate(statements):
        at = f"/statements/{index}"
        owner, owned = known.get(item.owner), known.get(item.owned) if item.owned else own
        if owner is None:
            call.refuse(f"{at}/owner", "does_not_exist", "There is no such party.")
        if owned is None or owned not in ownable:
            owned = None
            text = "Your own organisation, or an entity without an organisation here that you named yourself."
            call.refuse(f"{at}/owned", "not_yours", text)
        if item.interest not in InterestType.values:
            known_types = ", ".join(InterestType.values)
            call.refuse(f"{at}/interest", "unknown_interest", "One of {known}.", {"known": known_types})
        row = None
        if owner is not None and owned is not None:
            columns = {name: getattr(item, name) for name in COLUMNS}
            row = OwnershipStatement(
                owned_id=owned, owner_id=owner, **columns, stated_by=call.organisation, stated_at=call.moment
            )
        rows.append(row)
    return rows


def _known(call: _Call, actor: Actor, names: Iterable[str]) -> dict[str, UUID]:
    """The parties that names stand for: keys of new ones, one's own ones, organisations whose name the actor sees.

    The statement shows what its owner is called: a name that its organisation keeps to itself is not had by stating it.
    Whoever belongs to both organisations knows both.
    """
    found = {name: call.parties[name].pk for name in names if name in call.parties}
    ids = {}
    for name in names:
        if name and name not in found:
            try:
                ids[UUID(name)] = name
            except ValueError:
                continue
    own = Q(stated_by=call.organisation) | Q(pk=call.organisation.pk)
    # An owner that stands in a statement already may stand in another one.
    said = OwnershipStatement.objects.filter(Q(stated_by=call.organisation) | Q(owned=call.organisation.pk))
    own |= Q(pk__in=said.values("owner"))
    named = set(Party.objects.filter(own, pk__in=list(ids)).values_list("pk", flat=True))
    left = set(ids) - named
    seen = set(organisation_list(actor=actor).filter(pk__in=left).values_list("pk", flat=True))
    both = Membership.objects.filter(Q(user_id=actor.user_id), organisation__in=left)
    seen |= set(both.values_list("organisation_id", flat=True))
    parties_ensure(organisation_ids=seen)
    return found | {ids[pk]: pk for pk in named | seen}


def _ownable(call: _Call, party_ids: set[UUID]) -> set[UUID]:
    """What an organisation may state the owners of: itself, and unregistered entities of its own naming."""
    named = Party.objects.filter(pk__in=party_ids, stated_by=call.organisation, organisation=None)
    present = set(named.filter(kind=PartyKind.ENTITY).values_list("pk", flat=True))
    new = {party.pk for party in call.parties.values() if party.kind == PartyKind.ENTITY}
    return {call.organisation.pk} | present | new


def _judge(call: _Call, rows: Sequence[tuple[int, OwnershipStatement]], *, replaced: OwnershipStatement | None) -> None:
    standing = OwnershipStatement.objects.filter(
        Q(stated_by=call.organisation) | Q(owned=call.organisation.pk)
    ).standing()
    present = [stated_of(row=row) for row in standing if replaced is None or row.pk != replaced.pk]
    if len(present) + len(rows) > MOST_STANDING:
        raise TooManyStatements(most=MOST_STANDING)
    proposed = [stated_of(row=row, index=index) for index, row in rows]
    for problem in statement_problems(proposed=proposed, present=present, today=call.today):
        call.problems.append(_field_problem(problem))


def _field_problem(problem: Problem) -> FieldProblem:
    pointer = f"/statements/{problem.row}/{problem.field}"
    return FieldProblem(pointer, problem.code, problem.text, problem.values)


def _told(actor: Actor, organisation: Organisation, made: Sequence[OwnershipStatement]) -> None:
    publish(
        events.OWNERSHIP_CHANGED,
        actor=actor,
        subject=organisation,
        organisation_id=organisation.pk,
        data={"organisation": str(organisation.pk), OWN: {"statements": [str(row.pk) for row in made[:MOST_TOLD]]}},
    )

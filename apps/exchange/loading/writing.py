"""Writing a plan: COPY for what is new, one UPDATE per table for what changed, and the keys beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from apps.compliance.events import OWNERSHIP_CHANGED
from apps.compliance.models import Screening
from apps.compliance.services.parties import parties_ensure
from apps.compliance.states import ScreeningResult
from apps.exchange.loading.evidence import followers_refresh, lists_write
from apps.exchange.loading.known import ownership_heads
from apps.exchange.loading.plan import Changes, Plan, Record
from apps.exchange.loading.resolution import ORGANISATIONS
from apps.exchange.loading.targets import CAPABILITIES, MANDATES, OWNERS, Target
from apps.exchange.loading.touched import Trail, owners_of
from apps.exchange.models import ImportKey
from apps.investors.services import versions_record
from apps.organisations.events import ORGANISATION_STANDING_CHANGED
from apps.organisations.models import Organisation
from apps.organisations.states import Basis, Standing
from apps.startups.models import Firm
from apps.startups.services.listings import listings_refresh
from kernel.access import Actor
from kernel.bulk_events import publish_many
from kernel.ids import uuid7

STAGE = sql.Identifier("exchange_stage")
LOCK = 0x7A6E_0001
"""The advisory lock under which imports follow one another."""


def load_lock() -> None:
    """Wait until no other import is loading; the lock ends with the transaction.

    Judging a large file takes long between two statements: this transaction alone may be idle for as long as it takes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def plan_write(*, plan: Plan, import_id: UUID) -> dict[str, set[str]]:
    """Write all changes inside the caller's transaction; returns the keys that really changed by kind of object.

    Publishes one fact for every organisation that the import `import_id` touched, and one for each that it verified.
    """
    trail = Trail()
    updated = {}
    for change in plan.changes:
        if change.target is OWNERS:
            parties_ensure(organisation_ids=list(plan.resolution.ids[ORGANISATIONS].values()))
        updated[change.target.name] = _write(plan.sender, change, trail)
        if change.target is CAPABILITIES:
            updated[CAPABILITIES.name] |= _write_lists(plan, trail)
    keys = {key: record for change in plan.changes if change.target is CAPABILITIES for key, record in _ids(change)}
    followers_refresh(plan=plan, updated=[keys[key] for key in updated[CAPABILITIES.name] if key in keys])
    firms = Firm.objects.filter(organisation_id__in=trail.organisations).values_list("pk", flat=True)
    listings_refresh(firm_ids=list(firms))
    trail.publish(import_id=import_id)
    _tell_owned(trail.of(target=OWNERS), import_id)
    if plan.verified and plan.parties:
        verified = _verify(plan.parties)
        ids = plan.resolution.ids[ORGANISATIONS]
        updated[ORGANISATIONS] |= {key for key, object_id in ids.items() if object_id in verified}
        _screen(plan.parties)
        _tell_verified([*_new_parties(plan), *sorted(verified)], import_id)
    return updated


def _ids(change: Changes) -> Iterator[tuple[str, UUID]]:
    return ((record.key, record.object_id) for record in (*change.new, *change.changed))


def _write_lists(plan: Plan, trail: Trail) -> set[str]:
    """The keys of the capabilities, not new ones, whose standards or numbers changed."""
    change = next(change for change in plan.changes if change.target is CAPABILITIES)
    written = lists_write(plan=plan)
    before = {record.object_id: record.key for record in change.changed}
    fields = {identifier: names for identifier, names in written.items() if identifier in before}
    trail.updated(target=CAPABILITIES, fields=fields, before={})
    return {before[identifier] for identifier in fields}


def _write(sender: str, change: Changes, trail: Trail) -> set[str]:
    target, names = change.target, [*change.changing, *change.fixed]
    if change.new:
        rows = ((record.object_id, *record.changing, *record.fixed) for record in change.new)
        rows_copy(sql.Identifier(target.db_table), ["id", *names], rows)
        trail.created(target=target, ids=[record.object_id for record in change.new])
    fields: Mapping[UUID, list[str]] = {}
    if change.changed and target.supersedes:
        change.changed, fields = _supersede(change)
        trail.updated(target=target, fields=fields, before={})
    elif change.changed:
        before = owners_of(target=target, ids=[record.object_id for record in change.changed])
        fields = _update(change)
        trail.updated(target=target, fields=fields, before=before)
    if target is MANDATES:
        written = [record.object_id for record in change.new] + list(fields)
        versions_record(actor=Actor.system(), mandate_ids=written)
    keys_remember(sender, target.name, [*change.new, *change.changed])
    return {record.key for record in change.changed if record.object_id in fields}


def _supersede(change: Changes) -> tuple[list[Record], dict[UUID, list[str]]]:
    """Put new objects in the place of those that differ; returns the records with the ids that they have now, and which
    fields of which new objects differ.
    """
    target, records = change.target, change.changed
    heads = ownership_heads(statements=[record.object_id for record in records])
    old = [replace(record, object_id=heads[record.object_id]) for record in records]
    differing = _differing(target, change.changing, old)
    _run(sql.SQL("DROP TABLE {stage}").format(stage=STAGE))
    ids = {identifier: uuid7() for identifier in differing}
    rows = (
        (ids[record.object_id], *record.changing, *record.fixed, record.object_id)
        for record in old
        if record.object_id in ids
    )
    rows_copy(sql.Identifier(target.db_table), ["id", *change.changing, *change.fixed, "supersedes_id"], rows)
    now = [replace(record, object_id=ids.get(record.object_id, record.object_id)) for record in old]
    return now, {ids[identifier]: names for identifier, names in differing.items()}


def _differing(target: Target, names: Sequence[str], records: Sequence[Record]) -> dict[UUID, list[str]]:
    """Stage the records' changing columns and lock the rows that differ from them; returns in which fields."""
    _stage(sql.Identifier(target.db_table), ["id", *names])
    rows_copy(STAGE, ["id", *names], ((record.object_id, *record.changing) for record in records))
    columns = [sql.Identifier(name) for name in names]
    differing = sql.SQL(", ").join(
        sql.SQL("CASE WHEN object.{column} IS DISTINCT FROM stage.{column} THEN {name} END").format(
            column=sql.Identifier(name), name=sql.Literal(name.removesuffix("_id"))
        )
        for name in names
    )
    old = sql.SQL(", ").join(sql.SQL("object.{}").format(column) for column in columns)
    new = sql.SQL(", ").join(sql.SQL("stage.{}").format(column) for column in columns)
    parts = {"table": sql.Identifier(target.db_table), "stage": STAGE, "differing": differing, "old": old, "new": new}
    # The lock keeps others from changing what was compared until it is written.
    statement = sql.SQL(
        "SELECT object.id, array_remove(ARRAY[{differing}], NULL) FROM {table} object JOIN {stage} stage USING (id)"
        " WHERE ({old}) IS DISTINCT FROM ({new}) FOR NO KEY UPDATE OF object"
    ).format(**parts)
    return {row[0]: row[1] for row in _run(statement)}


def _update(change: Changes) -> dict[UUID, list[str]]:
    """Bring the changed columns to the rows that differ; returns which fields of which rows."""
    target = change.target
    fields = _differing(target, change.changing, change.changed)
    columns = [sql.Identifier(name) for name in change.changing]
    sets: list[sql.Composable] = [sql.SQL("{column} = stage.{column}").format(column=column) for column in columns]
    sets += [
        sql.SQL(
            "{column} = CASE WHEN object.{by} IS DISTINCT FROM stage.{by} THEN {value} ELSE object.{column} END"
        ).format(column=sql.Identifier(name), by=sql.Identifier(by), value=sql.Literal(value))
        for by, voided in target.voids.items()
        for name, value in voided.items()
    ]
    if target.has_version:
        sets.append(sql.SQL("version = object.version + 1"))
    statement = sql.SQL(
        "UPDATE {table} object SET {sets} FROM {stage} stage WHERE object.id = stage.id AND object.id = ANY(%s)"
    ).format(table=sql.Identifier(target.db_table), stage=STAGE, sets=sql.SQL(", ").join(sets))
    _run(statement, [list(fields)])
    _run(sql.SQL("DROP TABLE {stage}").format(stage=STAGE))
    return fields


def keys_remember(sender: str, name: str, records: Sequence[Record]) -> None:
    """Keep which object each key stands for, and the digest of its row."""
    if not records:
        return
    names = ["sender", "table", "key", "object_id", "sha256"]
    keys = sql.Identifier(ImportKey._meta.db_table)
    _stage(keys, names)
    rows_copy(STAGE, names, ((sender, name, record.key, record.object_id, record.sha256) for record in records))
    statement = sql.SQL(
        "INSERT INTO {keys} ({names}) SELECT {names} FROM {stage}"
        ' ON CONFLICT (sender, "table", key) DO UPDATE SET object_id = EXCLUDED.object_id, sha256 = EXCLUDED.sha256'
    ).format(keys=keys, names=_listed(names), stage=STAGE)
    _run(statement)
    _run(sql.SQL("DROP TABLE {stage}").format(stage=STAGE))


def _verify(parties: Sequence[UUID]) -> set[UUID]:
    """Verify the registered ones on the operator's word; a suspended one stays suspended."""
    statement = sql.SQL(
        "UPDATE {table} SET standing = %s, basis = %s, version = version + 1"
        " WHERE id = ANY(%s) AND standing = %s RETURNING id"
    ).format(table=sql.Identifier(Organisation._meta.db_table))
    rows = _run(statement, [Standing.VERIFIED, Basis.IMPORT, list(parties), Standing.REGISTERED])
    return {row[0] for row in rows}


def _new_parties(plan: Plan) -> list[UUID]:
    return [record.object_id for change in plan.changes if change.target.name == ORGANISATIONS for record in change.new]


def _tell_verified(parties: Sequence[UUID], import_id: UUID) -> None:
    publish_many(
        ORGANISATION_STANDING_CHANGED,
        actor=Actor.system(),
        subjects=[(Organisation._meta.label_lower, party, party) for party in parties],
        data={"to": Standing.VERIFIED.value, "basis": Basis.IMPORT.value, "import": str(import_id)},
    )


def _tell_owned(organisations: Sequence[UUID], import_id: UUID) -> None:
    publish_many(
        OWNERSHIP_CHANGED,
        actor=Actor.system(),
        subjects=[(Organisation._meta.label_lower, owned, owned) for owned in organisations],
        data=[{"organisation": str(owned), "import": str(import_id)} for owned in organisations],
    )


def _screen(parties: Sequence[UUID]) -> None:
    """Screen as clear whom nobody has screened; another result stays."""
    names = ["id", "organisation_id", "result", "basis"]
    table = sql.Identifier(Screening._meta.db_table)
    _stage(table, names)
    rows_copy(STAGE, names, ((uuid7(), party, ScreeningResult.CLEAR.value, Basis.IMPORT.value) for party in parties))
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {names} FROM {stage} ON CONFLICT (organisation_id) DO NOTHING"
    ).format(table=table, names=_listed(names), stage=STAGE)
    _run(statement)
    _run(sql.SQL("DROP TABLE {stage}").format(stage=STAGE))


def _stage(table: sql.Identifier, names: Sequence[str]) -> None:
    statement = sql.SQL("CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA")
    _run(statement.format(stage=STAGE, names=_listed(names), table=table))


def rows_copy(table: sql.Identifier, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table."""
    statement = sql.SQL("COPY {table} ({names}) FROM STDIN").format(table=table, names=_listed(names))
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _listed(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(sql.Identifier(name) for name in names)


def _run(statement: sql.Composed, parameters: Sequence[Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

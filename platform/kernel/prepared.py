"""Query sets compiled once and asked again with other values: compiling one costs more than most queries do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import QuerySet
from django.db.models.query import get_related_populators


class Prepared:
    """A query set whose statement is kept. Where it was made with one of `stand_ins`, by name, it asks for the value
    that is given under that name; a stand-in is a value that the query set holds for nothing else. Stand-ins that it
    does not hold are asked for in vain.
    """

    def __init__(self, rows: QuerySet[Any], **stand_ins: Any) -> None:
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self.sql: str | None
        try:
            self.sql, params = compiler.as_sql()
        except EmptyResultSet:
            self.sql = None
            return
        self._params = [(_name_of(param, stand_ins), param) for param in params]
        self._compiler = compiler
        self._model = rows.model
        self._converters = compiler.get_converters([column[0] for column in compiler.select[: compiler.col_count]])

    def params(self, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters of the statement with these values."""
        return tuple(param if name is None else values[name] for name, param in self._params)

    def ask(self, **values: Any) -> Sequence[Any]:
        """The rows as tuples: one query, none where the query set can find nothing."""
        if self.sql is None:
            return ()
        with connection.cursor() as cursor:
            cursor.execute(self.sql, self.params(values))
            rows = cursor.fetchall()
        return list(self._compiler.apply_converters(rows, self._converters)) if self._converters else rows

    def objects(self, **values: Any) -> list[Any]:
        """The rows as objects of the query set's model, with what it selects beside them and what it annotates."""
        rows = self.ask(**values)
        if not rows:
            return []
        compiler = self._compiler
        known = compiler.klass_info["select_fields"]
        first, last = known[0], known[-1] + 1
        names = [column[0].target.attname for column in compiler.select[first:last]]
        # The stubs describe a later Django, where it takes one argument more.
        related = get_related_populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
        found = []
        for row in rows:
            item = self._model.from_db(DEFAULT_DB_ALIAS, names, row[first:last])
            for populator in related:
                populator.populate(row, item)
            for name, place in compiler.annotation_col_map.items():
                setattr(item, name, row[place])
            found.append(item)
        return found


def _name_of(param: Any, stand_ins: Mapping[str, Any]) -> str | None:
    return next((name for name, value in stand_ins.items() if type(param) is type(value) and param == value), None)

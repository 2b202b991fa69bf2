"""The database that workers copy is migrated once in a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from tests.template import Template


@pytest.fixture
def made(django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The names of the databases that were migrated, without the minute that it takes."""
    names: list[str] = []
    monkeypatch.setitem(connection.settings_dict, "NAME", "templates")
    monkeypatch.setattr(Template, "_migrate", lambda self: names.append(self.name))
    with django_db_blocker.unblock():
        connection.close()
        yield names
        left = Template(run="")
        left.is_ours = True
        left.drop()


def databases() -> set[str]:
    with psycopg.connect(settings.DATABASE_OWNER_URL) as admin:
        return {name for (name,) in admin.execute("SELECT datname FROM pg_database")}


class TestTemplate:
    def test_is_made_by_the_first_worker_of_a_run(self, made: list[str]) -> None:
        first, second = Template(run="one"), Template(run="one")

        first.ensure()
        second.ensure()

        assert made == ["test_templates_template"]
        assert (first.is_ours, second.is_ours) == (True, False)

    def test_of_an_earlier_run_is_made_anew(self, made: list[str]) -> None:
        Template(run="one").ensure()

        Template(run="two").ensure()

        assert len(made) == 2

    def test_left_half_made_is_made_anew(self, made: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        def killed(_self: Template) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Template, "_migrate", killed)
            with pytest.raises(KeyboardInterrupt):
                Template(run="one").ensure()

        Template(run="one").ensure()

        assert len(made) == 1

    def test_is_removed_by_who_made_it(self, made: list[str]) -> None:
        first, second = Template(run="one"), Template(run="one")
        first.ensure()
        second.ensure()

        second.drop()
        assert first.name in databases()

        first.drop()
        assert first.name not in databases()

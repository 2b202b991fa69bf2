"""The application's database role can do its work and no more."""

import psycopg
import pytest

pytestmark = pytest.mark.process

REFUSED = (
    "UPDATE kernel_event SET name = 'x'",
    "DELETE FROM kernel_event",
    "TRUNCATE kernel_event",
    "UPDATE matching_inputversion SET sha256 = ''",
    "CREATE TABLE stray (id int)",
    "ALTER TABLE kernel_event DISABLE TRIGGER ALL",
    "DROP TABLE kernel_job",
)


class TestApplicationRole:
    def test_reads_and_is_refused_what_is_not_its_own(self, rig):
        assert rig.query("SELECT count(*) > 100 FROM startups_firm") == [(True,)]

        for statement in REFUSED:
            with psycopg.connect(rig.database_url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)

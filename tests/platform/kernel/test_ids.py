"""UUIDv7."""

import datetime as dt
import uuid

import pytest

from kernel.ids import made_at, uuid7


class TestUuid7:
    def test_has_version_and_variant_of_rfc_9562(self):
        made = uuid7()

        assert made.version == 7
        assert made.variant == uuid.RFC_4122

    def test_grows(self):
        made = [uuid7() for _ in range(10_000)]

        assert made == sorted(made)
        assert len(set(made)) == len(made)


class TestMadeAt:
    def test_is_the_moment_of_making(self):
        before = dt.datetime.now(tz=dt.UTC)

        found = made_at(uuid7())

        assert abs(found - before) < dt.timedelta(seconds=5)

    def test_of_another_version_nothing_is_known(self):
        with pytest.raises(ValueError, match="UUIDv7"):
            made_at(uuid.uuid4())

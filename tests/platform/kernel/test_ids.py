"""UUIDv7."""

import uuid

from kernel.ids import uuid7


class TestUuid7:
    def test_has_version_and_variant_of_rfc_9562(self):
        made = uuid7()

        assert made.version == 7
        assert made.variant == uuid.RFC_4122

    def test_grows(self):
        made = [uuid7() for _ in range(10_000)]

        assert made == sorted(made)
        assert len(set(made)) == len(made)

"""The hand-written lists name every operation once and no other."""

from tests.authorisation.operations import operations
from tests.authorisation.roles import ANYBODY, BY_SIGNATURE, OPERATIONS, lines


class TestLists:
    def test_name_every_operation_once(self) -> None:
        written = lines(OPERATIONS) + lines(ANYBODY) + lines(BY_SIGNATURE)

        assert sorted(written) == sorted(item.name for item in operations())

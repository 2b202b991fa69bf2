"""Making the second world: every hidden value different, hidden rows more and fewer, and the same for the viewer."""

from tests.leaks.changes.changer import Changer
from tests.leaks.changes.held import HELD
from tests.leaks.changes.ids import rekey, rekeyed
from tests.leaks.changes.rows import ADDED

__all__ = ["ADDED", "HELD", "Changer", "rekey", "rekeyed"]

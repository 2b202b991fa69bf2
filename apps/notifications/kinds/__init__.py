"""Every kind of message that people are sent, by its name."""

from collections.abc import Mapping

from apps.notifications.kinds import dealflow, digests, matching
from apps.notifications.kinds.registry import LANGUAGES, MessageKind, Texts

KINDS: Mapping[str, MessageKind] = {
    kind.name: kind
    for kind in (
        dealflow.ALERT,
        dealflow.REMINDER,
        matching.INTEREST,
        matching.MUTUAL,
        matching.DECLINED,
        matching.DEADLINE,
        matching.EXPIRY,
        digests.DIGEST,
    )
}
NAMES = [(name, name) for name in sorted(KINDS)]
"""As choices."""

__all__ = ["KINDS", "LANGUAGES", "NAMES", "MessageKind", "Texts"]

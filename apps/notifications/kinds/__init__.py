"""Every kind of message that people are sent, by its name."""

from collections.abc import Mapping

from apps.notifications.kinds import dealflow
from apps.notifications.kinds.registry import LANGUAGES, MessageKind, Texts

KINDS: Mapping[str, MessageKind] = {kind.name: kind for kind in (dealflow.ALERT, dealflow.REMINDER)}
NAMES = [(name, name) for name in sorted(KINDS)]
"""As choices."""

__all__ = ["KINDS", "LANGUAGES", "NAMES", "MessageKind", "Texts"]

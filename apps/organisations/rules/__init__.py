"""Pure decisions over values: what a member may do, register numbers, names."""

from apps.organisations.rules.access import (
    NotYours,
    needs_second_factor,
    own_require,
    permissions_of,
    roles_unfit,
)
from apps.organisations.rules.identifiers import MAX_IDENTIFIER, identifier_clean
from apps.organisations.rules.names import name_key, name_keys, name_romanised, romanised

__all__ = [
    "MAX_IDENTIFIER",
    "NotYours",
    "identifier_clean",
    "name_key",
    "name_keys",
    "name_romanised",
    "needs_second_factor",
    "own_require",
    "permissions_of",
    "roles_unfit",
    "romanised",
]

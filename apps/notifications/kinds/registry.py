"""What a kind of message is: the fact it tells of, its words in both languages, where it leads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from apps.accounts.cadences import Cadence
from kernel.access import Actor

LANGUAGES = ("en", "uk")
Values = Callable[[Collection[UUID], Actor], Mapping[UUID, Mapping[str, str]]]
"""What fills the places of a kind's words, by the ids of the subjects of messages, as far as the reader may know it."""


def nothing(subjects: Collection[UUID], _reader: Actor) -> Mapping[UUID, Mapping[str, str]]:
    """For words that name nothing."""
    return {subject: {} for subject in subjects}


@dataclass(frozen=True, slots=True)
class Texts:
    """A kind's words in one language. `name` is what settings call it; `title` and `text` have places for `{count}`,
    how much it tells of, and for the kind's values; `without` stands where these cannot be told any more.
    """

    name: str
    title: str
    text: str
    without: str


@dataclass(frozen=True, slots=True)
class MessageKind:
    """A kind of message. `event` is the fact whose data name the people; `link` an address of this site with places for
    `{subject}` and the kind's values, `home` the one where these cannot be told; `mail` how it is mailed to whoever
    said nothing; `removed` the fact, if any, with which a subject ends, and its messages with it.
    """

    name: str
    event: str
    texts: Mapping[str, Texts]
    link: str
    home: str
    mail: Cadence = Cadence.INSTANT
    values: Values = field(default=nothing)
    removed: str = ""

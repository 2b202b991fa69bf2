"""Messages about introductions: interest received, mutual, declined, ending soon, ended by silence."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from uuid import UUID

from apps.matching.selectors.introductions import counterpart_names
from apps.notifications.kinds.registry import MessageKind, Texts
from kernel.access import Actor

LINK = "/api/v1/introductions/{subject}"
HOME = "/api/v1/introductions"


def counterparts(subjects: Collection[UUID], reader: Actor) -> Mapping[UUID, Mapping[str, str]]:
    """What the other side of each introduction is called for the reader, as far as the reader sees it now."""
    return {subject: {"who": name} for subject, name in counterpart_names(ids=subjects, actor=reader).items()}


INTEREST = MessageKind(
    name="matching.interest",
    event="matching.introduction.interest_told",
    link=LINK,
    home=HOME,
    values=counterparts,
    texts={
        "en": Texts(
            name="Interest in an introduction",
            title="{who} would like to be introduced",
            text="{who} is interested and waits for your answer. An interest that nobody answers ends after 30 days.",
            without="Interest in an introduction",
        ),
        "uk": Texts(
            name="Запит на знайомство",
            title="{who} бажає познайомитися",
            text="{who} виявляє інтерес і чекає на вашу відповідь. Запит, на який ніхто не відповів, спливає через 30 "
            "днів.",
            without="Запит на знайомство",
        ),
    },
)
MUTUAL = MessageKind(
    name="matching.mutual",
    event="matching.introduction.mutual_told",
    link=LINK,
    home=HOME,
    values=counterparts,
    texts={
        "en": Texts(
            name="Mutual interest",
            title="Mutual interest: {who}",
            text="The interest is mutual: you and {who} are introduced to each other.",
            without="Mutual interest",
        ),
        "uk": Texts(
            name="Взаємний інтерес",
            title="Взаємний інтерес: {who}",
            text="Інтерес взаємний: знайомство між вами та {who} відбулося.",
            without="Взаємний інтерес",
        ),
    },
)
DECLINED = MessageKind(
    name="matching.declined",
    event="matching.introduction.decline_told",
    link=LINK,
    home=HOME,
    values=counterparts,
    texts={
        "en": Texts(
            name="Declined introductions",
            title="Declined: {who}",
            text="{who} has declined the introduction that you asked for.",
            without="An introduction was declined",
        ),
        "uk": Texts(
            name="Відхилені знайомства",
            title="Відхилено: {who}",
            text="{who}: на ваш запит про знайомство надійшла відмова.",
            without="Запит на знайомство відхилено",
        ),
    },
)
DEADLINE = MessageKind(
    name="matching.deadline",
    event="matching.introduction.deadline_told",
    link=LINK,
    home=HOME,
    values=counterparts,
    texts={
        "en": Texts(
            name="Introductions that wait for an answer",
            title="{who} still waits for your answer",
            text="{who} still waits for your answer. In a few days the interest ends, and the silence stays on record.",
            without="An introduction still waits for your answer",
        ),
        "uk": Texts(
            name="Знайомства, що чекають на відповідь",
            title="{who} досі чекає на вашу відповідь",
            text="{who} досі чекає на вашу відповідь. За кілька днів запит спливе, а відсутність відповіді буде "
            "збережено.",
            without="Запит на знайомство досі чекає на вашу відповідь",
        ),
    },
)
EXPIRY = MessageKind(
    name="matching.expiry",
    event="matching.introduction.expiry_told",
    link=LINK,
    home=HOME,
    values=counterparts,
    texts={
        "en": Texts(
            name="Introductions that nobody answered",
            title="Ended without an answer: {who}",
            text="The introduction with {who} ended without an answer.",
            without="An introduction ended without an answer",
        ),
        "uk": Texts(
            name="Знайомства без відповіді",
            title="Завершено без відповіді: {who}",
            text="Запит на знайомство ({who}) завершено без відповіді.",
            without="Запит на знайомство завершено без відповіді",
        ),
    },
)

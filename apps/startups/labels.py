"""What kinds of events, roles of attestors and verdicts are called, in English and Ukrainian."""

from __future__ import annotations

from collections.abc import Mapping

from apps.startups.states import AttestorRole, EventKind, Verdict

LANGUAGES = ("en", "uk")
KINDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        EventKind.FEEDBACK_REPORTED: "feedback reported",
        EventKind.FIX_FIELDED: "fix fielded",
        EventKind.RELEASE_FIELDED: "release fielded",
        EventKind.FIELD_TEST: "field test",
        EventKind.COUNTERMEASURE_OBSERVED: "countermeasure observed",
        EventKind.COUNTERMEASURE_ANSWERED: "countermeasure answered",
        EventKind.ORDER_RECEIVED: "order received",
        EventKind.DELIVERY_MADE: "delivery made",
    },
    "uk": {
        EventKind.FEEDBACK_REPORTED: "надано зворотний зв’язок",
        EventKind.FIX_FIELDED: "виправлення надійшло у війська",
        EventKind.RELEASE_FIELDED: "нова версія надійшла у війська",
        EventKind.FIELD_TEST: "польове випробування",
        EventKind.COUNTERMEASURE_OBSERVED: "виявлено засіб протидії",
        EventKind.COUNTERMEASURE_ANSWERED: "дано відповідь на засіб протидії",
        EventKind.ORDER_RECEIVED: "отримано замовлення",
        EventKind.DELIVERY_MADE: "здійснено постачання",
    },
}
ROLES: Mapping[str, Mapping[str, str]] = {
    "en": {
        AttestorRole.UNIT: "unit that uses the product",
        AttestorRole.TEST_RANGE: "test range",
        AttestorRole.CUSTOMER: "customer",
        AttestorRole.AUTHORITY: "authority",
    },
    "uk": {
        AttestorRole.UNIT: "підрозділ, який використовує виріб",
        AttestorRole.TEST_RANGE: "випробувальний полігон",
        AttestorRole.CUSTOMER: "замовник",
        AttestorRole.AUTHORITY: "орган влади",
    },
}
VERDICTS: Mapping[str, Mapping[str, str]] = {
    "en": {
        Verdict.CONFIRMED: "confirmed",
        Verdict.REFUSED: "refused",
        Verdict.AMENDED: "confirmed with another date or kind",
    },
    "uk": {
        Verdict.CONFIRMED: "підтверджено",
        Verdict.REFUSED: "не підтверджено",
        Verdict.AMENDED: "підтверджено з іншою датою або іншим видом",
    },
}


def language_of(code: str | None) -> str:
    """One of LANGUAGES for a language tag as Django gives it; English for any other."""
    spoken = (code or "").partition("-")[0]
    return spoken if spoken in LANGUAGES else LANGUAGES[0]

"""Why uploads fail and versions are blocked: codes and their texts, to be translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping

from apps.documents.inspection.outcome import TEXTS, Reason

SIZE_MISMATCH, DIGEST_MISMATCH, DAMAGED = "size_mismatch", "digest_mismatch", "damaged"
STORAGE_FULL, NOT_FINISHED = "storage_full", "not_finished"
WITHDRAWN, INFECTED = "document_withdrawn", "infected"
CLASSIFIED = Reason.MARKED_CLASSIFIED.value


def _(text: str) -> str:
    """Mark a text for the catalogue; callers translate it."""
    return text


OWN: Mapping[str, str] = {
    SIZE_MISMATCH: _("What arrived is not of the size that was promised."),
    DIGEST_MISMATCH: _("What arrived is not the file whose SHA-256 was promised."),
    DAMAGED: _("What was received was damaged in storage. Send it again."),
    STORAGE_FULL: _("There was no room left to store it. Nothing of it was kept."),
    NOT_FINISHED: _("The inspection was not finished. Send it again."),
    WITHDRAWN: _("The document was withdrawn meanwhile."),
    INFECTED: _("The scanner found malware in it."),
}


def reason_text(code: str) -> str:
    """The English text of a code."""
    return OWN.get(code) or TEXTS[Reason(code)]

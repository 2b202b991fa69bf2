"""The letter: both forms say the same, and what somebody chose is no markup and no header."""

from __future__ import annotations

import pytest
from django.core import mail

from apps.notifications.mails import Letter, letter_send
from apps.notifications.selectors import Face

FACE = Face("New & <new>", "Line one of it.", "/api/v1/saved-searches")


def letter(**values: object) -> Letter:
    given = {"key": "k-1", "address": "a@example.org", "language": "en", "faces": (FACE,), "token": "abc:def", **values}
    return Letter(**given)  # type: ignore[arg-type]


class TestLetterSend:
    @pytest.mark.parametrize(
        ("language", "cadence", "subject"),
        [
            ("en", "", "Tandem: New & <new>"),
            ("uk", "daily", "Tandem: ваш день"),
            ("uk", "weekly", "Tandem: ваш тиждень"),
            ("fr", "weekly", "Tandem: your week"),
        ],
    )
    def test_is_named_for_what_it_is(self, language: str, cadence: str, subject: str) -> None:
        letter_send(letter=letter(language=language, cadence=cadence))

        assert mail.outbox[0].subject == subject

    def test_says_the_same_as_text_and_as_page(self) -> None:
        letter_send(letter=letter(faces=(FACE, FACE)))

        [found] = mail.outbox
        [(page, kind)] = found.alternatives
        assert kind == "text/html"
        assert str(found.body).count(FACE.text) == str(page).count(FACE.text) == 2
        assert "New &amp; &lt;new&gt;" in str(page)
        assert "/unsubscribe?lang=en#abc:def" in str(found.body)
        assert "/unsubscribe?lang=en#abc:def" in str(page)

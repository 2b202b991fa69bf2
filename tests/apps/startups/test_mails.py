"""The mails to those who attest."""

from typing import Any

import pytest
from django.core import mail

from apps.startups.mails import receipt_mail, request_mail
from apps.startups.states import AttestorRole, Verdict
from kernel.clock import utc_now

TOKEN = "0f" * 32


@pytest.fixture(autouse=True)
def _site(settings: Any) -> None:
    settings.PUBLIC_URL = "https://tandem.example"


def lines() -> list[str]:
    [sent] = mail.outbox
    assert "Вітаємо" in str(sent.body)
    assert "Hello" in str(sent.body)
    return str(sent.body).splitlines()


class TestRequestMail:
    @pytest.mark.parametrize("role", AttestorRole.values)
    def test_says_in_both_languages_where_to_look_and_answer(self, role: str) -> None:
        request_mail(address="unit@army.example", role=role, expires_at=utc_now(), token=TOKEN)

        said = lines()
        assert said.count(f"https://tandem.example/attest#{TOKEN}") == 2
        assert not any("/api/" in line for line in said)


class TestReceiptMail:
    @pytest.mark.parametrize("verdict", Verdict.values)
    def test_says_in_both_languages_where_to_withdraw(self, verdict: str) -> None:
        receipt_mail(address="unit@army.example", verdict=verdict, token=TOKEN)

        said = lines()
        assert said.count(f"https://tandem.example/attest/withdraw#{TOKEN}") == 2
        assert not any("/api/" in line for line in said)

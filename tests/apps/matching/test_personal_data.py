"""What is kept about people who introduce their organisation."""

from __future__ import annotations

from typing import Any

import pytest

from apps.accounts.models import User
from apps.accounts.personal_data import parts
from apps.matching.models import Introduction
from kernel.access import Actor
from tests.factories.introductions import Couple

pytestmark = pytest.mark.django_db


def part() -> Any:
    return next(item for item in parts() if item.section == "introductions")


class TestIntroductions:
    def test_are_exported_to_who_asked_and_to_who_answered(self) -> None:
        couple = Couple()
        couple.accept(couple.express(message="Let us talk."))

        asked, answered = (part().export(User.objects.get(pk=actor.user_id)) for actor in (couple.fund, couple.firm))

        assert [row["message"] for row in asked["asked"]] == ["Let us talk."]
        assert (asked["answered"], asked["steps"]) == ([], [])
        assert [row["status"] for row in answered["answered"]] == ["mutual"]
        assert [row["step"] for row in answered["steps"]] == ["first_response"]
        assert "Let us talk." not in str(answered)

    def test_stay_when_a_person_is_erased(self) -> None:
        couple = Couple()
        couple.express()

        part().erase(User.objects.get(pk=couple.fund.user_id), Actor.system())

        assert Introduction.objects.exists()

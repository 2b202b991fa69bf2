"""What is declared of ownership before anybody judged it."""

from __future__ import annotations

import dataclasses

import pytest

from apps.compliance.models import OwnershipStatement, Party
from apps.compliance.rules.declared import InterestStated, PartyStated
from apps.compliance.states import Directness, InterestType


class TestPartyStated:
    def test_leaves_unstated_what_is_not_said(self) -> None:
        stated = PartyStated(key="olena", kind="person")

        assert (stated.legal_name, stated.country, stated.birth_date, stated.registered_on) == ("", "", "", None)
        assert (stated.nationalities, stated.identifiers) == ((), ())

    def test_says_nothing_that_a_party_does_not_keep(self) -> None:
        kept = {field.name for field in Party._meta.fields}

        assert {field.name for field in dataclasses.fields(PartyStated)} - kept == {"key"}


class TestInterestStated:
    def test_is_a_direct_shareholding_of_unknown_size_in_ones_own_organisation(self) -> None:
        stated = InterestStated(owner="olena")

        assert (stated.owned, stated.interest, stated.directness) == (
            "", InterestType.SHAREHOLDING, Directness.DIRECT
        )  # fmt: skip
        assert (stated.share_min, stated.share_max) == (None, None)

    def test_says_nothing_that_a_statement_does_not_keep(self) -> None:
        kept = {field.name for field in OwnershipStatement._meta.fields}

        assert {field.name for field in dataclasses.fields(InterestStated)} <= kept

    def test_does_not_change_once_said(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            InterestStated(owner="olena").owner = "taras"  # type: ignore[misc]

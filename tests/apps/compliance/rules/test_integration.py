"""Shares through all paths: multiplied, added, solved for in cycles, never more than the whole."""

from __future__ import annotations

import random
from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

import pytest

from apps.compliance.rules import integration
from apps.compliance.rules.integration import EXACT, Integration, integrated
from tests.apps.compliance.rules.graphs import party

A, B, C, D, E = (party(number) for number in range(1, 6))


def into(**shares: Mapping[str, str]) -> dict[UUID, dict[UUID, Fraction]]:
    """By entity and owner, named by their letters."""
    named = {"a": A, "b": B, "c": C, "d": D, "e": E}
    return {
        named[entity]: {named[owner]: Fraction(share) for owner, share in owners.items()}
        for entity, owners in shares.items()
    }


class TestIntegrated:
    def test_multiplies_along_a_path(self) -> None:
        shares = into(c={"b": "0.6"}, b={"a": "0.6"})

        assert integrated(into=shares, holders=[A], entity=C) == Fraction("0.36")

    def test_adds_paths(self) -> None:
        shares = into(d={"b": "0.5", "c": "0.5"}, b={"a": "0.2"}, c={"a": "0.4"})

        assert integrated(into=shares, holders=[A], entity=D) == Fraction("0.3")

    def test_adds_holders(self) -> None:
        assert integrated(into=into(c={"a": "0.2", "b": "0.3"}), holders=[A, B], entity=C) == Fraction("0.5")

    def test_everybody_has_all_of_itself(self) -> None:
        assert integrated(into={}, holders=[A], entity=A) == 1

    def test_is_nothing_where_no_path_leads(self) -> None:
        assert integrated(into=into(c={"b": "1"}), holders=[A], entity=C) == 0

    def test_solves_a_cycle(self) -> None:
        """b = 0.5 + 0.5 c and c = 0.5 b, so b is two thirds and c one third."""
        shares = into(b={"a": "0.5", "c": "0.5"}, c={"b": "0.5"})

        assert integrated(into=shares, holders=[A], entity=B) == Fraction(2, 3)
        assert integrated(into=shares, holders=[A], entity=C) == Fraction(1, 3)

    def test_an_entity_that_holds_itself_passes_its_own_share_on(self) -> None:
        assert integrated(into=into(b={"a": "0.5", "b": "0.5"}), holders=[A], entity=B) == 1

    def test_a_cycle_without_the_holder_gives_nothing(self) -> None:
        assert integrated(into=into(b={"c": "1"}, c={"b": "1"}), holders=[A], entity=B) == 0

    def test_is_never_more_than_the_whole(self) -> None:
        shares = into(b={"a": "0.9", "c": "0.9"}, c={"a": "0.9", "b": "0.9"})

        assert integrated(into=shares, holders=[A], entity=B) == 1

    @pytest.mark.parametrize("size", [EXACT, EXACT + 1])
    def test_a_long_cycle_is_solved_like_a_short_one(self, size: int) -> None:
        """A ring in which each holds half of the next, and the holder half of the first: x = 1/2 + x / 2^size."""
        ring = [party(number) for number in range(2, size + 2)]
        shares = {entity: {ring[place - 1]: Fraction(1, 2)} for place, entity in enumerate(ring)}
        shares[ring[0]][A] = Fraction(1, 2)

        found = integrated(into=shares, holders=[A], entity=ring[0])

        assert abs(found - Fraction(1, 2) / (1 - Fraction(1, 2**size))) < Fraction(1, 10**9)

    @pytest.mark.parametrize(("most", "outside"), [(40, 60), (90, 60), (90, 900)])
    def test_a_large_group_is_solved_as_exactly_as_a_small_one(
        self, monkeypatch: pytest.MonkeyPatch, most: int, outside: int
    ) -> None:
        """For holders outside of the cycle and in it, where the shares stay below the whole and where they do not."""
        chance = random.Random(most * outside)
        ring = [party(number) for number in range(10, 10 + EXACT + 4)]
        shares = {
            entity: {
                owner: Fraction(chance.randint(1, most), 300) for owner in (ring[place - 1], *chance.sample(ring, 3))
            }
            for place, entity in enumerate(ring)
        }
        for entity in ring:
            shares[entity].pop(entity, None)
            shares[entity][A] = Fraction(chance.randint(1, outside), 1000)
        approximate = Integration(into=shares, entity=ring[0])
        monkeypatch.setattr(integration, "EXACT", len(ring))
        exact = Integration(into=shares, entity=ring[0])

        for holders in ([A], ring[5:6], [A, *ring[3:6]], ring[1:]):
            found, wanted = approximate.of(holders=holders), exact.of(holders=holders)
            assert abs(found - wanted) < Fraction(1, 10**9), holders

"""Check digits of invented registry codes."""

import random

from stdnum import lei as public_lei
from stdnum.ua import edrpou as public_edrpou

from apps.exchange.sample.codes import edrpou, edrpou_unused, lei


class TestEdrpou:
    def test_agrees_with_an_independent_check_in_every_range(self) -> None:
        stems = random.Random(1).sample(range(10_000_000), 3000)

        codes = [edrpou(stem=stem) for stem in stems]

        assert all(public_edrpou.is_valid(code) for code in codes)


class TestEdrpouUnused:
    def test_never_repeats_and_stays_out_of_the_issued_ranges(self) -> None:
        rng, taken = random.Random(2), set[str]()

        codes = [edrpou_unused(rng, taken) for _ in range(500)]

        assert len(set(codes)) == 500
        assert all(code.startswith(("58", "97", "98", "99")) for code in codes)


class TestLei:
    def test_agrees_with_an_independent_check(self) -> None:
        codes = [lei(stem=f"9999000SAMPLE{number:05d}") for number in range(500)]

        assert all(public_lei.is_valid(code) for code in codes)

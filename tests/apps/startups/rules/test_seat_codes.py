"""Seats' codes: what a slip of the pen does to them."""

import re
import secrets

import pytest

from apps.startups.rules.seat_codes import ALPHABET, CODE_FORM, LENGTH, code_clean, code_grouped, code_make

CODE = code_make(draw=lambda _: 7)


class TestCodeMake:
    def test_is_of_the_form_and_passes_its_own_check(self) -> None:
        for _ in range(200):
            code = code_make(draw=secrets.randbelow)

            assert re.fullmatch(CODE_FORM, code)
            assert code_clean(text=code) == code

    def test_uses_every_draw(self) -> None:
        draws = iter(range(LENGTH - 1))

        code = code_make(draw=lambda below: next(draws) % below)

        assert code[:-1] == ALPHABET[: LENGTH - 1]


class TestCodeClean:
    @pytest.mark.parametrize("place", range(LENGTH))
    def test_finds_every_single_slip(self, place: int) -> None:
        wrong = [CODE[:place] + letter + CODE[place + 1 :] for letter in ALPHABET if letter != CODE[place]]

        assert [code_clean(text=text) for text in wrong] == [None] * len(wrong)

    def test_finds_every_swap(self) -> None:
        code = code_make(draw=secrets.randbelow)
        swapped = [
            (code[i], code[j], code[:i] + code[j] + code[i + 1 : j] + code[i] + code[j + 1 :])
            for i in range(LENGTH)
            for j in range(i + 1, LENGTH)
        ]

        assert not [text for one, other, text in swapped if one != other and code_clean(text=text) is not None]

    def test_reads_what_people_type(self) -> None:
        typed = code_grouped(code=CODE).lower()

        assert code_clean(text=f" {typed} ") == CODE

    @pytest.mark.parametrize(("typed", "meant"), [("O", "0"), ("I", "1"), ("l", "1")])
    def test_takes_letters_for_the_figures_they_look_like(self, typed: str, meant: str) -> None:
        code = code_make(draw=lambda _: ALPHABET.index(meant))

        assert code_clean(text=code.replace(meant, typed)) == code

    @pytest.mark.parametrize("text", ["", "Z" * LENGTH, CODE + "0", CODE[:-1], "ключ"])
    def test_refuses_what_is_no_code(self, text: str) -> None:
        assert code_clean(text=text) is None


class TestCodeGrouped:
    def test_stands_in_groups_of_four(self) -> None:
        assert code_grouped(code="0123456789ABC") == "0123-4567-89AB-C"

"""Numbers of registers and their check digits."""

import pytest

from apps.exchange.tables.identifiers import canonical, identifier_check, scheme
from apps.exchange.tables.problems import CellInvalid
from apps.organisations.states import Scheme


class TestCanonical:
    @pytest.mark.parametrize(
        ("register", "number", "kept"),
        [
            (Scheme.EDRPOU, "3285 5961", "32855961"),
            (Scheme.LEI, "213800kud8lajwsq9d15", "213800KUD8LAJWSQ9D15"),
            (Scheme.EU_VAT, "DE 136,695 976", "DE136695976"),
            (Scheme.OTHER, "anything 1", "anything 1"),
        ],
    )
    def test_gives_the_registers_own_spelling(self, register, number, kept):
        assert canonical(scheme=register, number=number) == kept

    @pytest.mark.parametrize(
        ("register", "number"),
        [
            (Scheme.EDRPOU, "32855968"),
            (Scheme.EDRPOU, "12345"),
            (Scheme.RNTRC, "1759013777"),
            (Scheme.LEI, "213800KUD8LXJWSQ9D15"),
            (Scheme.EU_VAT, "DE136695978"),
            (Scheme.EU_VAT, "ZZ1"),
        ],
    )
    def test_refuses_wrong_check_digits(self, register, number):
        with pytest.raises(CellInvalid) as caught:
            canonical(scheme=register, number=number)

        assert caught.value.code == "bad_checksum"


class TestScheme:
    @pytest.mark.parametrize(("cell", "register"), [("UA-EDR", "UA-EDR"), ("edrpou", "UA-EDR"), ("EU VAT", "EU-VAT")])
    def test_knows_other_names(self, cell, register):
        assert scheme(cell) == register


class TestIdentifierCheck:
    def test_a_number_without_its_scheme_is_a_problem(self):
        assert [problem[:2] for problem in identifier_check({"identifier": "1"})] == [("identifier_scheme", "missing")]

    def test_neither_is_no_problem(self):
        assert list(identifier_check({})) == []

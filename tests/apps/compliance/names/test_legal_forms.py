"""Legal forms split off names."""

import pytest

from apps.compliance.names.legal_forms import without_legal_forms


class TestWithoutLegalForms:
    @pytest.mark.parametrize(
        ("name", "rest", "form"),
        [
            ("тов іскра", "іскра", "limited"),
            ("товариство з обмеженою відповідальністю іскра", "іскра", "limited"),
            ("іскра тов", "іскра", "limited"),
            ("iskra limited liability company", "iskra", "limited"),
            ("ооо торговый дом", "торговый дом", "limited"),
            ("kowal sp z oo", "kowal", "limited"),
            ("müller maschinenbau gmbh", "müller maschinenbau", "limited"),
            ("rheinmetall ag", "rheinmetall", "stock"),
            ("leonardo spa", "leonardo", "stock"),
            ("aselsan elektronik anonim şirketi", "aselsan elektronik", "stock"),
            ("пао завод", "завод", "stock"),
            ("федеральное государственное унитарное предприятие завод", "завод", "state"),
            ("škoda as", "škoda", "stock"),
            ("uab vilkas", "vilkas", "limited"),
            ("фоп петренко", "петренко", "sole"),
        ],
    )
    def test_splits_the_form_off(self, name: str, rest: str, form: str) -> None:
        words, found = without_legal_forms(words=name.split())

        assert " ".join(words) == rest
        assert found
        assert found.form == form

    def test_a_short_form_in_the_middle_is_a_word(self) -> None:
        words, found = without_legal_forms(words=["north", "se", "passage"])

        assert words == ["north", "se", "passage"]
        assert found is None

    def test_several_forms_at_one_end_all_go(self) -> None:
        assert without_legal_forms(words=["vektor", "co", "ltd", "llc"])[0] == ["vektor"]

    def test_a_name_of_nothing_else_stays_whole(self) -> None:
        assert without_legal_forms(words=["ооо"]) == (["ооо"], None)

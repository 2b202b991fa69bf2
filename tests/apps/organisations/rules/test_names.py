"""Names in Latin letters and as they are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.organisations.rules import name_key, name_keys, name_romanised, romanised

EXAMPLES = {
    "Алушта": "Alushta",
    "Андрій": "Andrii",
    "Борщагівка": "Borshchahivka",
    "Борисенко": "Borysenko",
    "Вінниця": "Vinnytsia",
    "Володимир": "Volodymyr",
    "Гадяч": "Hadiach",
    "Богдан": "Bohdan",
    "Згурський": "Zghurskyi",
    "Ґалаґан": "Galagan",
    "Ґорґани": "Gorgany",
    "Донецьк": "Donetsk",
    "Дмитро": "Dmytro",
    "Рівне": "Rivne",
    "Олег": "Oleh",
    "Есмань": "Esman",
    "Єнакієве": "Yenakiieve",
    "Гаєвич": "Haievych",
    "Короп'є": "Koropie",
    "Житомир": "Zhytomyr",
    "Жанна": "Zhanna",
    "Жежелів": "Zhezheliv",
    "Закарпаття": "Zakarpattia",
    "Казимирчук": "Kazymyrchuk",
    "Медвин": "Medvyn",
    "Михайленко": "Mykhailenko",
    "Іванків": "Ivankiv",
    "Іващенко": "Ivashchenko",
    "Їжакевич": "Yizhakevych",
    "Кадиївка": "Kadyivka",
    "Мар'їне": "Marine",
    "Йосипівка": "Yosypivka",
    "Стрий": "Stryi",
    "Олексій": "Oleksii",
    "Київ": "Kyiv",
    "Коваленко": "Kovalenko",
    "Лебедин": "Lebedyn",
    "Леонід": "Leonid",
    "Миколаїв": "Mykolaiv",
    "Маринич": "Marynych",
    "Ніжин": "Nizhyn",
    "Наталія": "Nataliia",
    "Одеса": "Odesa",
    "Онищенко": "Onyshchenko",
    "Полтава": "Poltava",
    "Петро": "Petro",
    "Решетилівка": "Reshetylivka",
    "Рибчинський": "Rybchynskyi",
    "Суми": "Sumy",
    "Соломія": "Solomiia",
    "Тернопіль": "Ternopil",
    "Троць": "Trots",
    "Ужгород": "Uzhhorod",
    "Уляна": "Uliana",
    "Фастів": "Fastiv",
    "Філіпчук": "Filipchuk",
    "Харків": "Kharkiv",
    "Христина": "Khrystyna",
    "Біла Церква": "Bila Tserkva",
    "Стеценко": "Stetsenko",
    "Чернівці": "Chernivtsi",
    "Шевченко": "Shevchenko",
    "Шостка": "Shostka",
    "Кишеньки": "Kyshenky",
    "Щербухи": "Shcherbukhy",
    "Гоща": "Hoshcha",
    "Гаращенко": "Harashchenko",
    "Юрій": "Yurii",
    "Корюківка": "Koriukivka",
    "Яготин": "Yahotyn",
    "Ярошенко": "Yaroshenko",
    "Костянтин": "Kostiantyn",
    "Знам'янка": "Znamianka",
    "Феодосія": "Feodosiia",
    "Згорани": "Zghorany",
    "Розгон": "Rozghon",
}
"""The examples of the resolution's table and of its note on «зг»."""


class TestRomanised:
    @pytest.mark.parametrize(("native", "latin"), EXAMPLES.items())
    def test_gives_the_examples_of_the_resolution(self, native: str, latin: str) -> None:
        assert romanised(native) == latin

    @pytest.mark.parametrize(
        ("native", "latin"),
        [
            ("ЩЕРБУХИ", "SHCHERBUKHY"),
            ("ЗГУРІВКА", "ZGHURIVKA"),
            ("ЗНАМ’ЯНКА", "ZNAMIANKA"),
            ("ЄВРОПА", "YEVROPA"),
            ("Івано-Яблунівка", "Ivano-Yablunivka"),
            ("Мар’їне Марʼїне", "Marine Marine"),
            ("Я", "Ya"),
            ("ПрАТ «Їжак»", "PrAT «Yizhak»"),
            ("Sokil LLC, Київ 2", "Sokil LLC, Kyiv 2"),
            ("", ""),
        ],
    )
    def test_keeps_capitals_and_what_is_not_ukrainian(self, native: str, latin: str) -> None:
        assert romanised(native) == latin

    def test_reads_letters_in_two_parts(self) -> None:
        assert romanised("Кии\u0306в і\u0308жак") == romanised("Кийв їжак") == "Kyiv yizhak"

    @given(st.text(alphabet="абвгґдеєжзиіїйклмнопрстуфхцчшщьюяАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯ -", max_size=60))
    def test_leaves_no_ukrainian_letter(self, native: str) -> None:
        assert romanised(native).isascii()


class TestNameRomanised:
    @pytest.mark.parametrize(
        ("legal_name", "legal_name_uk", "shown"),
        [
            ("Falcon LLC", "ТОВ «Сокіл»", "TOV «Sokil»"),
            ("ТОВ «Сокіл»", "", "TOV «Sokil»"),
            ("Falcon LLC", "", None),
            ("Falcon LLC", "Falcon", None),
        ],
    )
    def test_is_of_the_native_name(self, legal_name: str, legal_name_uk: str, shown: str | None) -> None:
        assert name_romanised(legal_name=legal_name, legal_name_uk=legal_name_uk) == shown


def key(name: str) -> str:
    return name_key(legal_name=name, legal_name_uk="")


class TestNameKey:
    @pytest.mark.parametrize(
        "name",
        [
            "Sokil Dron",
            "ТОВ «Сокіл-Дрон»",
            "Sokil Dron LLC",
            "SOKIL-DRON, L.L.C.",
            'Товариство з обмеженою відповідальністю "Сокіл Дрон"',
            "«Сокіл-Дрон», ТОВ",
            "Sokil Dron Limited Liability Company",
            "sokil  dron ltd.",
            "Sokil Drón Sp. z o.o.",
            "Sokil Dron sp.z o.o.",
            "Sokil Dron GmbH",
            "OÜ Sokil Dron",
            "Sokil Dron S.A.",
            "Sokil Dron S.p.A.",
            "Sokil Dron A/S",
            "АТ Сокіл-Дрон",
            "Sokil Dron Oy",
            "Sokil Dron B.V.",
        ],
    )
    def test_is_one_for_all_ways_of_writing_a_name(self, name: str) -> None:
        assert key(name) == "sokil dron"

    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("Łódź Søfart ß Æther", "lodz sofart ss aether"),
            ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
            ("Limited", "limited"),
            ("ТОВ", "tov"),
            ("!!!", ""),
            ("Se Bastion As One", "bastion as one"),
            ("ПрАТ «Корд» О’Кей", "kord okei"),
        ],
    )
    def test_strips_forms_at_the_ends_unless_nothing_were_left(self, name: str, expected: str) -> None:
        assert key(name) == expected

    def test_holds_both_names_where_they_differ(self) -> None:
        assert name_key(legal_name="Falcon LLC", legal_name_uk="ТОВ «Сокіл»") == "falcon|sokil"
        assert name_key(legal_name="Sokil LLC", legal_name_uk="ТОВ «Сокіл»") == "sokil"
        assert name_keys(legal_name="!", legal_name_uk="ТОВ «Сокіл»") == ["sokil"]

    @given(st.text(max_size=200), st.text(max_size=200))
    def test_fits_its_column_whatever_the_names(self, one: str, other: str) -> None:
        made = name_key(legal_name=one, legal_name_uk=other)

        assert len(made) <= 400
        assert len(name_key(legal_name="щ" * 200, legal_name_uk="ж" * 200)) == 399

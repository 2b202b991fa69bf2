"""Given names that stand for one another."""

from collections import Counter

import pytest

from apps.compliance.names.given_names import TABLE, Known, father_of, given_known, given_names
from apps.compliance.names.scripts import cleaned, one_script
from apps.compliance.names.skeletons import readings


def known(name: str) -> Known | None:
    return given_known(readings=readings(one_script(cleaned(name))))


class TestGivenKnown:
    @pytest.mark.parametrize(
        "forms",
        [
            "Олександр Александр Oleksandr Aleksandr Alexander Aliaksandr Аляксандр",
            "Микола Николай Mykola Nikolai Nikolay",
            "Володимир Владимир Volodymyr Vladimir Uladzimir",
            "Сергій Сергей Serhii Sergei Siarhei Serguei",
            "Юрій Юрий Yurii Iurii Jurij",
            "Григорій Григорий Hryhorii Grigory",
            "Павло Павел Pavlo Pavel",
            "Дмитро Дмитрий Dmytro Dmitri Dzmitry",
            "Олексій Алексей Oleksii Alexey",
            "Катерина Екатерина Kateryna Ekaterina",
            "Наталія Наталья Nataliia Natalya",
            "Ганна Анна Hanna Anna",
            "Олена Елена Olena Yelena Elena",
            "Пилип Филипп",
            "Mohammed Muhammad Mohamed Магомед",
            "Hussein Husayn Hossein",
        ],
    )
    def test_forms_of_one_name_are_one(self, forms: str) -> None:
        found = [known(form) for form in forms.split()]

        assert {each.given.number for each in found if each} == {found[0].given.number if found[0] else -1}
        assert all(each and each.share == 1 for each in found)

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Олександр", "Олександра"),
            ("Ірина", "Ярина"),
            ("Яна", "Ганна"),
            ("Олексій", "Олександр"),
            ("Вікентій", "Віталій"),
            ("Ельшан", "Ельхан"),
            ("Данило", "Давид"),
            ("Мартин", "Марта"),
        ],
    )
    def test_other_names_are_others(self, one: str, other: str) -> None:
        first, second = known(one), known(other)

        assert first
        assert second
        assert first.given.number != second.given.number

    def test_an_equivalent_weighs_less_and_a_diminutive_less_still(self) -> None:
        name, equivalent, diminutive = known("Михайло"), known("Miguel"), known("Мишко")

        assert name
        assert equivalent
        assert diminutive
        of_name = name.given.number
        assert 1 == name.share > dict(equivalent.shares)[of_name] > dict(diminutive.shares)[of_name] > 0

    def test_a_diminutive_may_stand_for_several_names(self) -> None:
        short, man, woman = known("Женя"), known("Євген"), known("Євгенія")

        assert short
        assert man
        assert woman
        assert {man.given.number, woman.given.number} <= dict(short.shares).keys()

    def test_a_surname_is_none(self) -> None:
        assert known("Щербаченко") is None


class TestFatherOf:
    @pytest.mark.parametrize(
        ("stem", "name"),
        [
            ("mikola", "Микола"),
            ("nikol", "Микола"),
            ("serh", "Сергій"),
            ("petr", "Петро"),
            ("lv", "Лев"),
            ("il", "Ілля"),
            ("akov", None),
            ("pavl", "Павло"),
            ("ivan", "Іван"),
            ("aleks", "Олексій"),
        ],
    )
    def test_tells_the_fathers_name(self, stem: str, name: str | None) -> None:
        father = father_of(stem=stem)

        assert (father.name if father else None) == name


class TestTable:
    def test_holds_at_least_120_groups_with_two_genders(self) -> None:
        genders = Counter(given.gender for given in given_names())

        assert sum(genders.values()) >= 120
        assert set(genders) == {"m", "f"}

    def test_no_form_stands_in_two_groups(self) -> None:
        lines = [line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines() if line[:1] in "mf"]
        groups: dict[str, set[str]] = {}
        for _, names, *_ in lines:
            for name in names.split():
                groups.setdefault(readings(one_script(cleaned(name)))[0], set()).add(names.split()[0])

        assert {form: names for form, names in groups.items() if len(names) > 1} == {}


class TestNamesOneLetterApart:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Ramesh", "Rajesh"),
            ("Fatiha", "Fatima"),
            ("Hamad", "Ahmad"),
            ("Нонна", "Ніна"),
            ("Anil", "Sunil"),
            ("Karim", "Kamil"),
            ("Mario", "Maria"),
        ],
    )
    def test_are_two_names(self, one: str, other: str) -> None:
        first, second = known(one), known(other)

        assert first
        assert second
        assert not dict(first.shares).keys() & dict(second.shares).keys()

"""Names of people compared."""

import pytest

from apps.compliance.names import Kind, normalise
from apps.compliance.names.person_score import Compared, persons_compared, points_at


def compared(query: str, entry: str) -> Compared:
    return persons_compared(normalise(query, Kind.PERSON), normalise(entry, Kind.PERSON))


class TestPersonsCompared:
    @pytest.mark.parametrize(
        ("query", "entry"),
        [
            ("Олександр Іванович Петренко", "PETRENKO Alexander"),
            ("Микола Коваленко", "Kovalenko Nikolai"),
            ("Петренко О. І.", "Oleksandr Ivanovych Petrenko"),
            ("Zhang Xiao Ming", "Xiaoming Zhang"),
            ("Олена Чорна", "Chornyi Olena"),
            ("Щербаков Сергій", "Chtcherbakov Serguei"),
            ("Ivanna Klympush-Tsyntsadze", "Tsyntsadze Ivanna"),
            ("Hussain Poor Khosravi", "Hossein Pourkhosravi"),
            ("Віктор Янyкович", "Viktor Yanukovych"),
            ("Вікентій Бурзолович Залютвор", "Vikentiy Zalyutvor"),
            ("Олег Тимченковский", "Тимченківський Олег"),
            ("Лёвин Павел", "Льовін Павло"),
            ("Дорошенков Иван", "Дорошенків Іван"),
            ("Wei Ming Bin", "Wei Mingbin"),
            ("M. K. Abbas", "Mohammed Karim Abbas"),
        ],
    )
    def test_speaks_for_spellings_of_one_name(self, query: str, entry: str) -> None:
        assert compared(query, entry).points >= 0

    @pytest.mark.parametrize(
        ("query", "entry", "feature"),
        [
            ("Олександр Петренко", "Олександра Петренко", "given_name"),
            ("Mahesh Gupta", "Mukesh Gupta", "given_name"),
            ("P. T. Donnelly", "Patrick James Donnelly", "given_name"),
            ("Поляков Иван", "Поленков Иван", "surname"),
            ("Калинин Олег", "Калинкин Олег", "surname"),
            ("Іван Петров", "Ivan Petrovsky", "surname"),
            ("Іван Петрович Петров", "Ivan Pavlovich Petrov", "patronymic"),
            ("Петренко О. І.", "Petrenko Ivan", "given_name"),
            ("Петренко О. І.", "Petrenko Oleksandr Vasylovych", "patronymic"),
            ("Ірина Коваль", "Yaryna Koval", "given_name"),
            ("Вікентій Бурзолович Залютвор", "Віталій Залютвор", "given_name"),
            ("Anna Petrova", "Anna Pavlova", "surname"),
        ],
    )
    def test_speaks_against_another_part_and_names_it(self, query: str, entry: str, feature: str) -> None:
        found = compared(query, entry)

        assert found.points < -1
        assert found.features[feature].weight < -1

    def test_an_absent_patronymic_says_nothing(self) -> None:
        found = compared("Іван Петрович Петров", "Іван Петров").features["patronymic"]

        assert (found.value, found.weight) == (None, 0.0)

    def test_patronymics_of_two_languages_are_one(self) -> None:
        assert compared("Коваль Іван Миколайович", "Koval Ivan Nikolaevich").features["patronymic"].weight > 0

    def test_a_surname_alone_is_not_enough(self) -> None:
        assert compared("Петренко", "Олександр Петренко").points < 0

    def test_notes_the_gender_of_forms(self) -> None:
        assert "feminine" in compared("Олена Чорна", "Chornyi Olena").features["surname"].words


class TestPointsAt:
    def test_runs_straight_between_the_given_points(self) -> None:
        line = ((0.0, -2.0), (0.5, 0.0), (1.0, 4.0))

        assert [points_at(value, line) for value in (0.0, 0.25, 0.5, 0.75, 1.0, 1.1)] == [-2, -1, 0, 2, 4, 4]

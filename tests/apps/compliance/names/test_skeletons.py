"""All usual romanisations of a name meet in one skeleton."""

import pytest

from apps.compliance.names.scripts import cleaned, one_script
from apps.compliance.names.skeletons import coarse, consonants, frame, readable, readings, skeleton

MEETING = [
    "Щербаков Shcherbakov Schtscherbakow Ščerbakov Chtcherbakov Chtcherbakoff Szczerbakow Shherbakov Scerbakov",
    "Шевченко Shevchenko Schewtschenko Chevtchenko Szewczenko Ševčenko Sevcenko",
    "Хмельницький Khmelnytskyi Chmelnyckyj Chmielnicki Khmelnitsky Хмельницкий Hmelnickij",
    "Юлія Yuliia Yulia Iuliia Julija Юлия Ioulia",
    "Müller Mueller Muller Мюллер",
    "Згурський Zghurskyi Zgurskiy Zgurskij",
    "Жовтобрюх Zhovtobriukh Jovtobrioukh Žovtobrjuch Zhovtobryukh",
    "Троцкий Trotsky Trockij Trotzki Trocki",
    "Kovačević Ковачевић Kovacevic Kovachevich Kovačevič",
    "Ягодинцев Yagodintsev Iagodintsev Jagodincev",
    "Гончаренко Honcharenko Goncharenko Hončarenko Gontcharenko Hontscharenko Honczarenko",
    "Цвєтков Tsvietkov Tsvetkov Cvetkov Tcvetkov Tzvetkov",
    "Первомайський Pervomaiskyi Pervomayskiy Pervomaysky Perwomajskyj",
    "Григорьев Grigoriev Grigoryev Grigorev Grigor'ev Grigorjew",
    "Ємельяненко Yemelianenko Iemelianenko Jemeljanenko Emelyanenko",
    "Їжакевич Yizhakevych Izhakevych Jižakevyč",
    "Левчець Levchets Levčec Lewczec",
    "авіація aviation aviatsiia aviacija",
]


def met(word: str) -> set[str]:
    return set(readings(one_script(cleaned(word))))


class TestReadings:
    @pytest.mark.parametrize("spellings", MEETING, ids=lambda text: text.split()[0])
    def test_spellings_of_one_name_meet(self, spellings: str) -> None:
        first, *others = spellings.split()

        strangers = [other for other in others if not met(other) & met(first)]

        assert strangers == []

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Яна", "Анна"),
            ("Ягода", "Агода"),
            ("Петренко", "Петров"),
            ("Коваль", "Ковальчук"),
            ("Сокіл", "Скіл"),
            ("Зірка", "Гірка"),
        ],
    )
    def test_different_names_keep_apart(self, one: str, other: str) -> None:
        assert not met(one) & met(other)

    def test_reads_ch_in_three_ways_and_bare_c_in_two(self) -> None:
        assert readings("chmel") == ("cmel", "hmel", "smel")
        assert set(readings("cvetov")) == {"kvetov", "cvetov"}

    def test_takes_other_scripts_as_they_are(self) -> None:
        assert readings("張偉") == ("張偉",)


class TestFrame:
    def test_holds_consonants_only_and_counts_hissing_sounds_as_one(self) -> None:
        assert frame(skeleton("щербаченко")) == "srbsnk"
        assert consonants("sevcenko") == "svcnk"

    def test_a_short_word_keeps_its_vowels(self) -> None:
        assert frame("oia") == "oia"

    def test_coarse_keeps_vowels(self) -> None:
        assert coarse("sevcenko") == "sevsenko"


class TestReadable:
    def test_follows_the_official_romanisation_roughly(self) -> None:
        assert readable("щербаківська") == "shcherbakivska"

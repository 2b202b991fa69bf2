"""The score as a whole."""

from itertools import pairwise
from math import exp

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.compliance.names import FEATURES, NEAR, THRESHOLD, Kind, Side, may_reach, normalise, score
from tests.labels.screening_pairs import labelled_pairs

pytestmark = pytest.mark.long

WORDS = st.sampled_from(
    [
        "Олександр",
        "Oleksandr",
        "Микола",
        "Nikolai",
        "Іванович",
        "Petrenko",
        "Петренка",
        "Chmel",
        "O.",
        "Завод",
        "Київ",
        "5",
        "LLC",
        "Kelmistra",
        "Сокіл",
        "Trade",
        "Jovanović",
        "ь",
        "\ud800",
        "Xiao",
        "Ming",
    ]
)
NAMES = st.lists(WORDS, max_size=5).map(" ".join) | st.text(st.characters(), max_size=30)
DATES = st.none() | st.sampled_from(["1980", "1980-03", "1980-03-04", "1980-04-03", "1990", "nonsense"])
SIDES = st.builds(
    Side,
    kind=st.sampled_from(Kind),
    names=st.lists(NAMES, max_size=3).map(tuple),
    countries=st.lists(st.sampled_from(["UA", "RU", "DE"]), max_size=2).map(tuple),
    date=DATES,
    identifiers=st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["1234567", "1234568", ""]))).map(
        tuple
    ),
)


def person(name: str, **known: object) -> Side:
    return Side(Kind.PERSON, (name,), **known)  # type: ignore[arg-type]


def firm(name: str, **known: object) -> Side:
    return Side(Kind.ENTITY, (name,), **known)  # type: ignore[arg-type]


class TestScore:
    def test_the_look_alike_is_caught_and_its_namesake_is_not(self) -> None:
        entry = person("Вікентій Бурзолович Залютвор", countries=("RU",))

        assert score(person("Vikentiy Zalyutvor", countries=("CY",)), entry).match
        assert not score(person("Віталій Залютвор", countries=("UA",)), entry).match

    def test_the_same_identifier_decides_under_any_name_and_date(self) -> None:
        number = (("passport", "FA123456"),)

        assert score(
            person("Ivan Petrenko", date="1980-01-02", identifiers=number),
            person("John Smith", date="1950-03-04", countries=("DE",), identifiers=number),
        ).match

    def test_another_identifier_of_the_scheme_outweighs_the_name(self) -> None:
        ours, theirs = (("edrpou", "12345678"),), (("edrpou", "87654321"),)

        assert not score(firm("Kelmistra", identifiers=ours), firm("Kelmistra", identifiers=theirs)).match

    def test_another_birth_date_outweighs_the_name(self) -> None:
        assert not score(person("Ivan Petrenko", date="1980-01-02"), person("Ivan Petrenko", date="1962-05-07")).match

    def test_a_conflicting_country_weighs_by_what_bears_it(self) -> None:
        ours, theirs = {"countries": ("UA",)}, {"countries": ("DE",)}

        assert score(person("Ivan Petrenko", **ours), person("Ivan Petrenko", **theirs)).match
        assert score(firm("Kelmistra", **ours), firm("Kelmistra", **theirs)).match
        assert not score(firm("Global Trade Group", **ours), firm("Global Trade Group", **theirs)).match

    def test_a_diminutive_needs_the_date(self) -> None:
        full, short = "Олександр Непийвода", "Сашко Непийвода"

        assert not score(person(full), person(short)).match
        assert score(person(full, date="1980-01-02"), person(short, date="1980-01-02")).match

    def test_the_best_of_several_names_counts_and_is_told(self) -> None:
        entry = Side(Kind.PERSON, ("Nom de Guerre", "Ivan Petrenko"))

        found = score(person("Іван Петренко"), entry)

        assert found.match
        assert (found.query_name, found.entry_name) == (0, 1)

    def test_a_person_never_matches_an_organisation(self) -> None:
        assert score(person("Ivan Petrenko"), firm("Ivan Petrenko")).value == 0

    def test_names_may_come_taken_apart(self) -> None:
        apart = Side(Kind.PERSON, (normalise("Іван Петренко", Kind.PERSON),))

        assert score(apart, person("Ivan Petrenko")) == score(person("Іван Петренко"), person("Ivan Petrenko"))

    def test_a_side_without_names_matches_nothing(self) -> None:
        assert not score(Side(Kind.PERSON, ()), person("Ivan")).match


class TestProperties:
    @given(SIDES, SIDES)
    def test_sides_may_be_exchanged(self, one: Side, other: Side) -> None:
        assert score(one, other).value == pytest.approx(score(other, one).value, abs=1e-4)

    @given(SIDES, SIDES)
    def test_is_explained_by_the_sum_of_its_features(self, one: Side, other: Side) -> None:
        found = score(one, other)

        assert tuple(found.features) == FEATURES or set(found.features) == set(FEATURES)
        assert found.match == (found.value >= THRESHOLD)
        assert all(feature.words for feature in found.features.values())
        if found.query_name is not None:
            total = sum(feature.weight for feature in found.features.values())
            assert found.value == pytest.approx(1 / (1 + exp(-total)), abs=2e-3)

    @given(
        st.permutations(["Олександр", "Іванович", "Петренко"]), st.permutations(["Petrenko", "Ivanovich", "Alexander"])
    )
    def test_the_order_of_words_does_not_matter(self, one: list[str], other: list[str]) -> None:
        ordered = score(person("Олександр Іванович Петренко"), person("Alexander Ivanovich Petrenko"))

        assert score(person(" ".join(one)), person(" ".join(other))).value == ordered.value

    @pytest.mark.parametrize("kind", Kind)
    def test_takes_names_of_any_length(self, kind: Kind) -> None:
        long = Side(kind, ("Петренко " * 100_000, "x" * 1_000_000) * 50)

        assert 0 <= score(long, long).value <= 1


class TestMayReach:
    @given(SIDES, SIDES, st.sampled_from([NEAR, THRESHOLD, 0.9]))
    def test_never_rules_out_what_scores_so_much(self, query, entry, value):
        assert may_reach(query, entry, value) or score(query, entry).value < value

    def test_rules_no_labelled_pair_out(self):
        pairs = [*labelled_pairs("first"), *labelled_pairs("development")]

        wrong = [
            (one.id, other.id)
            for one, other in [*zip(pairs, pairs, strict=True), *pairwise(pairs)]
            for value in (NEAR, THRESHOLD)
            if score(one.query, other.entry).value >= value and not may_reach(one.query, other.entry, value)
        ]

        assert wrong == []

    @pytest.mark.parametrize(
        ("kind", "query", "entry"),
        [
            (Kind.PERSON, "Олена Петренко", "Олена Кравчук"),
            (Kind.PERSON, "Vasyl Hryhorenko", "Андрій Бондар"),
            (Kind.ENTITY, "Завод Сокіл", "Hidromash Plant"),
        ],
    )
    def test_rules_strangers_out(self, kind, query, entry):
        assert not may_reach(Side(kind, (query,)), Side(kind, (entry,)), NEAR)

    def test_rules_out_nobody_with_the_same_number(self):
        numbers = (("passport", "AB 123456"),)

        assert may_reach(
            Side(Kind.PERSON, ("Orest Balaban",), identifiers=numbers),
            Side(Kind.PERSON, ("Somebody Else",), identifiers=numbers),
            THRESHOLD,
        )

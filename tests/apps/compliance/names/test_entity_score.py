"""Names of organisations compared."""

import pytest

from apps.compliance.names import Kind, normalise
from apps.compliance.names.entity_score import entities_compared, is_common
from apps.compliance.names.person_score import Compared


def compared(query: str, entry: str) -> Compared:
    return entities_compared(normalise(query, Kind.ENTITY), normalise(entry, Kind.ENTITY))


class TestEntitiesCompared:
    @pytest.mark.parametrize(
        ("query", "entry"),
        [
            ("ТОВ «Кельмістра»", "Kelmistra LLC"),
            ("Rheinmetall AG", "Rheinmetal GmbH"),
            ("Завод №5", "Plant No. 5 LLC"),
            ("Укроборонпром", "Ukr Oboron Prom"),
            ("НВП «Кельмістра»", "Науково-виробниче підприємство Кельмістра"),
            ("Westhaven Group", "Westhaven Grp"),
            ("Westhaven Kestrel", "Kestrel Westhaven Ltd"),
            ("Торговий дім «Ягідник»", "ТД Ягідник"),
            ("Завод залізобетонних виробів", "Завод ЗБВ"),
            ("ХБТЗ", "Харківський бронетанковий тракторний завод"),
            ("Kelmistra Trading", "Kelmistra"),
        ],
    )
    def test_speaks_for_spellings_of_one_name(self, query: str, entry: str) -> None:
        assert compared(query, entry).points >= 0

    @pytest.mark.parametrize(
        ("query", "entry"),
        [
            ("Завод №5", "Завод №7"),
            ("Antonov Kyiv", "Antonov Kharkiv"),
            ("Сокіл", "Сокіл-Трейд"),
            ("Vandera Development", "Vandera Invest"),
            ("Західпромбезпека", "Східпромбезпека"),
            ("Rheinmetall", "Leonardo"),
            ("Трубний завод", "Цегельний завод"),
            ("Rheinmetall Denel Munition", "Rheinmetall"),
            ("Iskra", "Iskra Motor Sich"),
        ],
    )
    def test_speaks_against_another_distinguishing_word(self, query: str, entry: str) -> None:
        assert compared(query, entry).points < -0.5

    def test_legal_forms_weigh_little(self) -> None:
        same, other = compared("Kelmistra LLC", "Kelmistra Ltd"), compared("Kelmistra LLC", "Kelmistra JSC")

        assert 0 < same.points - other.points < 1
        assert other.features["legal_form"].value == 0


class TestIsCommon:
    @pytest.mark.parametrize(
        ("name", "common"),
        [("Global Trade Group", True), ("Промінь", True), ("Kelmistra Trade", False), ("Одеса Трейд", False)],
    )
    def test_tells_names_that_many_bear(self, name: str, common: bool) -> None:
        assert is_common(normalise(name, Kind.ENTITY)) is common

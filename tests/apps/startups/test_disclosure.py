"""Every field of the registry has a tier, every answer is cut by it, and names follow the firm's choice."""

import importlib
import pkgutil

import pytest
from django.apps import apps

from apps.organisations.disclosure import Tier
from apps.organisations.tiered import TieredSerializer
from apps.startups.api import serializers
from apps.startups.disclosure import (
    AT_WAR,
    DERIVED,
    SIZE_BANDS,
    TIERS,
    firm_name,
    firm_pseudonym,
    staff_band,
    teaser_pseudonym,
)
from apps.startups.states import Naming
from kernel.ids import uuid7
from tests.factories.startups import FirmFactory

MODULES = [
    importlib.import_module(f"{serializers.__name__}.{found.name}")
    for found in pkgutil.iter_modules(serializers.__path__)
]
ANSWERS = sorted(
    {item for module in MODULES for item in vars(module).values() if isinstance(item, type) and hasattr(item, "tiers")},
    key=lambda item: item.__name__,
)


class TestRegistry:
    @pytest.mark.parametrize("model", list(apps.get_app_config("startups").get_models()))
    def test_labels_every_field(self, model: type) -> None:
        assert set(TIERS[model]) == {field.name for field in model._meta.fields}

    @pytest.mark.parametrize("answer", ANSWERS)
    def test_covers_every_field_of_an_answer(self, answer: type) -> None:
        assert set(answer().fields) <= set(answer.tiers)

    def test_answers_of_rows_with_tiers_are_cut(self) -> None:
        cut = {item.__name__ for item in ANSWERS if issubclass(item, TieredSerializer)}

        assert cut == {
            "TeaserOut", "StartupOut", "FinancialsOut", "CapabilityOut", "ComponentOut", "RaiseOut",
            "DevelopmentEventOut", "EventEvidenceOut", "OriginOut", "SpeedOut", "SpeedHistoryOut",
            "StartupDetailOut", "CapabilityDetailOut", "ExportClassDeclarationOut", "StartOut",
        }  # fmt: skip

    def test_derived_names_hide_no_column(self) -> None:
        for model, names in DERIVED.items():
            assert not set(names) & set(TIERS[model])

    def test_keeps_what_helps_a_targeteer_to_the_own_organisation(self) -> None:
        own = {
            (model.__name__, name)
            for model, tiers in TIERS.items()
            for name, tier in {**tiers, **AT_WAR.get(model, {})}.items()
            if tier >= Tier.T4
        }

        assert {
            ("Firm", "region"),
            ("Raise", "marginal_cost_of_capital"),
            ("Raise", "min_ticket"),
            ("Raise", "blocked_countries"),
            ("Raise", "blocked_organisations"),
            ("Raise", "cost_evidence"),
            ("Raise", "subsidised_loans"),
            ("DevelopmentEvent", "occurred_at"),
            ("Component", "supplier"),
        } <= own


@pytest.mark.django_db
class TestFirmName:
    @pytest.mark.parametrize(
        ("naming", "shown_from"), [(Naming.ALL_VERIFIED, 1), (Naming.ACCEPTED, 2), (Naming.NOBODY, 3)]
    )
    def test_is_the_pseudonym_below_the_chosen_tier(self, naming: str, shown_from: int) -> None:
        firm = FirmFactory(naming=naming, organisation__legal_name="Vyriy", organisation__legal_name_uk="Вирій")

        shown = {tier: firm_name(firm=firm, viewer_tier=tier, is_revealed=False) for tier in Tier}

        for tier, name in shown.items():
            assert name.is_pseudonym is (tier < shown_from)
            assert (name.name == "Vyriy") is (tier >= shown_from)
            assert (name.name_uk == "Вирій") is (tier >= shown_from)

    @pytest.mark.parametrize("naming", Naming.values)
    def test_is_the_legal_one_to_whom_the_firm_revealed_itself(self, naming: str) -> None:
        firm = FirmFactory(naming=naming, organisation__legal_name="Vyriy")

        name = firm_name(firm=firm, viewer_tier=Tier.T1, is_revealed=True)

        assert (name.name, name.is_pseudonym) == ("Vyriy", False)


class TestTeaserPseudonym:
    def test_has_nothing_to_do_with_the_other_one(self) -> None:
        identifier = str(uuid7())

        assert teaser_pseudonym(teaser_id=identifier) == teaser_pseudonym(teaser_id=identifier)
        assert teaser_pseudonym(teaser_id=identifier) != firm_pseudonym(firm_id=identifier)


class TestFirmPseudonym:
    def test_is_steady_and_distinct(self) -> None:
        ids = [str(uuid7()) for _ in range(5000)]

        names = [firm_pseudonym(firm_id=identifier) for identifier in ids]

        assert names == [firm_pseudonym(firm_id=identifier) for identifier in ids]
        assert len(set(names)) == 5000
        assert all(len(name) == len("Firm 7KQ2M0D") for name in names)

    def test_depends_on_the_secret(self, settings: pytest.FixtureRequest) -> None:
        before = firm_pseudonym(firm_id="a")

        settings.SECRET_KEY = "another"  # type: ignore[attr-defined]

        assert firm_pseudonym(firm_id="a") != before


class TestStaffBand:
    @pytest.mark.parametrize(
        ("staff", "band"),
        [
            (None, None),
            (0, "1-9"),
            (9, "1-9"),
            (10, "10-49"),
            (49, "10-49"),
            (50, "50-249"),
            (250, "250+"),
            (9000, "250+"),
        ],
    )
    def test_is_coarse(self, staff: int | None, band: str | None) -> None:
        assert staff_band(staff=staff) == band
        assert band is None or band in SIZE_BANDS

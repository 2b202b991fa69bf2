"""The shapes of firms."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.organisations.disclosure import Tier
from apps.organisations.states import Standing
from apps.organisations.tiered import TieredSerializer
from apps.startups.disclosure import (
    AT_WAR,
    DERIVED,
    TIERS,
    financial_bands,
    firm_name,
    staff_band,
)
from apps.startups.models import Firm
from apps.startups.rules.bands import AMOUNT_BANDS, MONTHS_BANDS, SHARE_BANDS
from apps.startups.selectors import firm_group, group_countries
from apps.startups.states import (
    Naming,
)


class StartupBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    is_pseudonym = serializers.BooleanField()
    country = serializers.CharField()


def startup_brief(firm: Firm, row: Any) -> dict[str, Any]:
    """A firm within another answer, called as the viewer of `row` may know it."""
    shown = firm_name(firm=firm, viewer_tier=row.viewer_tier, is_revealed=row.is_revealed)
    return {
        "id": str(firm.pk),
        "name": shown.name,
        "is_pseudonym": shown.is_pseudonym,
        "country": firm.organisation.country,
    }


class StartupEdit(serializers.Serializer[Any]):
    region = serializers.RegexField(r"^([A-Z]{2}-[A-Z0-9]{1,3})?$", allow_blank=True, help_text="ISO 3166-2")
    founded_on = serializers.DateField(allow_null=True)
    staff = serializers.IntegerField(min_value=0, max_value=10_000_000, allow_null=True)
    summary = serializers.CharField(max_length=2000, allow_blank=True)
    summary_uk = serializers.CharField(max_length=2000, allow_blank=True)
    naming = serializers.ChoiceField(choices=Naming.choices)


class FinancialBandsOut(serializers.Serializer[Any]):
    year = serializers.IntegerField()
    currency = serializers.CharField(help_text="Of the bands, at the reference rate; not the one of the statement.")
    revenue = serializers.ChoiceField(choices=AMOUNT_BANDS, allow_null=True)
    order_book = serializers.ChoiceField(choices=AMOUNT_BANDS, allow_null=True)
    debt = serializers.ChoiceField(choices=AMOUNT_BANDS, allow_null=True)
    largest_customer_share = serializers.ChoiceField(choices=SHARE_BANDS, allow_null=True)
    cash_months = serializers.ChoiceField(choices=MONTHS_BANDS, allow_null=True)


class StartupOut(TieredSerializer):
    tiers = {**TIERS[Firm], **DERIVED[Firm]}
    at_war = AT_WAR[Firm]
    country_path = "organisation.country"

    id = serializers.UUIDField()
    name = serializers.SerializerMethodField(help_text="The legal name, or the pseudonym by the firm's choice.")
    name_uk = serializers.SerializerMethodField()
    is_pseudonym = serializers.SerializerMethodField()
    country = serializers.CharField(source="organisation.country")
    standing = serializers.ChoiceField(source="shown_standing", choices=Standing.choices)
    staff_band = serializers.SerializerMethodField()
    financials = serializers.SerializerMethodField(help_text="The newest year stated, in bands.")
    founded_on = serializers.DateField(allow_null=True)
    staff = serializers.IntegerField(allow_null=True)
    summary = serializers.CharField()
    summary_uk = serializers.CharField()
    organisation = serializers.UUIDField(source="organisation_id")
    region = serializers.CharField()
    naming = serializers.ChoiceField(choices=Naming.choices)
    created_at = serializers.DateTimeField()

    def get_name(self, firm: Any) -> str:
        return firm_name(firm=firm, viewer_tier=firm.viewer_tier, is_revealed=firm.is_revealed).name

    def get_name_uk(self, firm: Any) -> str:
        return firm_name(firm=firm, viewer_tier=firm.viewer_tier, is_revealed=firm.is_revealed).name_uk

    def get_is_pseudonym(self, firm: Any) -> bool:
        return firm_name(firm=firm, viewer_tier=firm.viewer_tier, is_revealed=firm.is_revealed).is_pseudonym

    def get_staff_band(self, firm: Any) -> str | None:
        return staff_band(staff=firm.staff)

    @extend_schema_field(FinancialBandsOut(allow_null=True))
    def get_financials(self, firm: Any) -> dict[str, Any] | None:
        bands = [financial_bands(financials=year) for year in firm.latest_financials]
        return asdict(bands[0]) if bands else None


class GroupPartyOut(serializers.Serializer[Any]):
    party = serializers.UUIDField()
    organisation = serializers.UUIDField(allow_null=True)
    name = serializers.CharField()
    country = serializers.CharField(help_text="Empty where it is not stated.")


class FirmGroupOut(serializers.Serializer[Any]):
    top_company = GroupPartyOut(allow_null=True, help_text="As declared.")
    ip_owner = GroupPartyOut(allow_null=True)
    operating_company = GroupPartyOut(allow_null=True)
    derived_top_company = GroupPartyOut(allow_null=True, help_text="By control; null where it cannot be told.")
    contradictions = serializers.ListField(child=serializers.CharField(), help_text="`role.code` of what does not fit.")


class GroupCountriesOut(serializers.Serializer[Any]):
    top_company = serializers.CharField(allow_null=True)
    ip_owner = serializers.CharField(allow_null=True)
    operating_company = serializers.CharField(allow_null=True)


class StartupDetailOut(StartupOut):
    """A firm with its group: who is in it, for the firm itself; from which countries, for whom it granted that."""

    group_countries = serializers.SerializerMethodField(
        help_text="Of the roles in the group as the firm declares them."
    )
    group = serializers.SerializerMethodField()

    @extend_schema_field(GroupCountriesOut)
    def get_group_countries(self, firm: Any) -> dict[str, str | None]:
        return group_countries(firm=firm) if firm.viewer_tier >= Tier.T2 else {}

    @extend_schema_field(FirmGroupOut)
    def get_group(self, firm: Any) -> dict[str, Any]:
        return asdict(firm_group(firm=firm)) if firm.viewer_tier >= Tier.T4 else {}

"""The shape of quotes of the cost of capital in the REST interface."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.reference.capital.figures import FigureBasis
from apps.reference.capital.quotes import Reason
from apps.reference.capital.repayments import RepaymentKind
from apps.reference.capital.terms import MOST_YEARS, Lever, StatedRate, StatedTranche, Terms
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import InstrumentClass
from kernel.api.money import AmountField, MoneyIn
from kernel.api.serializers import ApiSerializer

CLASSES = InstrumentClass.choices
MOST_TRANCHES = 20
REASONS = {
    Reason.GRANT_COSTS_NOTHING: _("A grant costs nothing: there is no rate to require."),
    Reason.MARGINAL_NOT_STATED: _("The cost of the firm's next euro is not stated; a build-up does not stand for it."),
    Reason.CLASS_MISMATCH: _("Subsidised loans are debt: they are not compared with an offer of another class."),
    Reason.CLASSES_MIXED: _("A blend of several classes, or of grants, is not compared with a class's build-up."),
}


class OnlyKnown(serializers.Serializer[Any]):
    """A part of a question: a name that it does not have is refused, for a slip would change the answer silently."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(str(name) for name in data.keys() - self.fields.keys())):
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in unknown}, "unknown")
        return super().to_internal_value(data)


class PositiveMoneyIn(MoneyIn, OnlyKnown):
    amount = AmountField(max_digits=18, decimal_places=2, min_value=Decimal("0.01"))


class CapMoneyIn(MoneyIn, OnlyKnown):
    pass


def rate_field(**kwargs: Any) -> serializers.DecimalField:
    """A nominal rate per year as a fraction: from −10 % to 1 000 %."""
    return serializers.DecimalField(
        max_digits=9, decimal_places=6, min_value=Decimal("-0.1"), max_value=Decimal(10), **kwargs
    )


class RateIn(OnlyKnown):
    rate = rate_field(help_text="Nominal, per year, as a fraction.")
    currency = serializers.RegexField(r"^[A-Z]{3}$", help_text="ISO 4217: the currency that the rate is paid in.")


class MarginalIn(RateIn):
    capital_class = serializers.ChoiceField(CLASSES, help_text="That of the offer: another says nothing of it.")


class LeverTermsIn(OnlyKnown):
    risk_cover = serializers.DecimalField(
        max_digits=5, decimal_places=4, min_value=Decimal(0), max_value=Decimal(1), help_text="Fraction of the risk."
    )
    cover_cap = CapMoneyIn(allow_null=True, required=False, default=None, help_text="None: no cap.")
    premium = serializers.DecimalField(max_digits=9, decimal_places=6, min_value=Decimal(0), max_value=Decimal(10))


class RepaymentIn(OnlyKnown):
    kind = serializers.ChoiceField([item.value for item in RepaymentKind])
    repaid = serializers.ListField(
        child=AmountField(max_digits=18, decimal_places=2, min_value=Decimal(0)),
        max_length=MOST_YEARS,
        required=False,
        default=list,
        help_text="Of the kind given: what is repaid at the end of each year, in the amount's currency.",
    )


class TrancheIn(OnlyKnown):
    capital_class = serializers.ChoiceField(CLASSES)
    amount = PositiveMoneyIn()
    rate = rate_field(
        allow_null=True, required=False, default=None, help_text="In the amount's currency; of a grant none."
    )


class QuoteIn(OnlyKnown):
    edition = serializers.CharField(
        max_length=40, required=False, default="", help_text="The id of a reference table; else the one in force today."
    )
    capital_class = serializers.ChoiceField(CLASSES)
    amount = PositiveMoneyIn()
    country = serializers.RegexField(
        r"^[A-Z]{2}$", required=False, allow_null=True, default=None, help_text="Country of operation (ISO 3166-1)."
    )
    financials_tier = serializers.ChoiceField(
        EvidenceTier.choices, required=False, allow_null=True, default=None, help_text="Of the newest financials."
    )
    offer = RateIn(required=False, allow_null=True, default=None)
    marginal = MarginalIn(
        required=False, allow_null=True, default=None, help_text="The documented cost of the firm's next euro."
    )
    lever = LeverTermsIn(required=False, allow_null=True, default=None)
    years = serializers.DecimalField(
        max_digits=4,
        decimal_places=2,
        min_value=Decimal("0.01"),
        max_value=Decimal(MOST_YEARS),
        required=False,
        allow_null=True,
        default=None,
    )
    repayment = RepaymentIn(required=False, allow_null=True, default=None)
    tranches = serializers.ListField(child=TrancheIn(), required=False, default=list, max_length=MOST_TRANCHES)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        marginal, lever, repayment = attrs["marginal"], attrs["lever"], attrs["repayment"] or {}
        return {
            "edition": attrs["edition"],
            "terms": Terms(
                capital_class=attrs["capital_class"],
                amount=attrs["amount"]["amount"],
                currency=attrs["amount"]["currency"],
                country=attrs["country"],
                tier=attrs["financials_tier"],
                offer=None if attrs["offer"] is None else StatedRate(**attrs["offer"]),
                marginal=None if marginal is None else StatedRate(**marginal),
                lever=None if lever is None else _lever(lever),
                years=attrs["years"],
                repayment=RepaymentKind(repayment["kind"]) if repayment else None,
                repaid=tuple(repayment.get("repaid", ())),
                tranches=tuple(_tranche(item) for item in attrs["tranches"]),
            ),
        }


def _lever(stated: dict[str, Any]) -> Lever:
    cap = stated["cover_cap"] or {"amount": None, "currency": ""}
    return Lever(
        risk_cover=stated["risk_cover"], cap=cap["amount"], cap_currency=cap["currency"], premium=stated["premium"]
    )


def _tranche(stated: dict[str, Any]) -> StatedTranche:
    money = stated["amount"]
    return StatedTranche(stated["capital_class"], money["amount"], money["currency"], stated["rate"])


class DecimalOut(serializers.DecimalField):
    """An exact decimal as a text with its own number of places."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=None, decimal_places=None, **kwargs)

    def to_representation(self, value: Any) -> str:
        return f"{Decimal(value):f}"


class InputOut(ApiSerializer):
    name = serializers.CharField()
    value = DecimalOut(allow_null=True)
    unit = serializers.CharField()
    basis = serializers.ChoiceField([item.value for item in FigureBasis])


class QuotedFigureOut(ApiSerializer):
    name = serializers.CharField()
    value = DecimalOut(allow_null=True, help_text="Null: not known; `missing` says for want of what.")
    unit = serializers.CharField(help_text="`bp_per_year` and `fraction_per_year` are nominal EUR.")
    basis = serializers.ChoiceField([item.value for item in FigureBasis])
    as_of = serializers.DateField()
    source = serializers.CharField(allow_null=True)  # type: ignore[assignment]
    formula = serializers.CharField(allow_null=True, help_text="Of a computed figure, by the names of its inputs.")
    inputs = InputOut(many=True)
    missing = serializers.ListField(child=serializers.CharField())


class EditionOut(ApiSerializer):
    id = serializers.CharField()
    as_of = serializers.DateField()
    sha256 = serializers.CharField()


class SavingYearOut(ApiSerializer):
    year = serializers.IntegerField()
    owed = DecimalOut(help_text="EUR, during the year.")
    saving = DecimalOut(help_text="EUR, at its end.")
    worth_today = DecimalOut(help_text="EUR, at the firm's rate.")


class QuotedSavingOut(ApiSerializer):
    difference = QuotedFigureOut()
    per_year = QuotedFigureOut()
    worth_today = QuotedFigureOut()
    years = SavingYearOut(many=True, help_text="Where the schedule has whole years.")


class ShareOut(ApiSerializer):
    capital_class = serializers.ChoiceField(CLASSES)
    amount_eur = DecimalOut()
    share = DecimalOut()
    rate_bp = serializers.IntegerField(allow_null=True)


class QuotedBlendOut(ApiSerializer):
    rate = QuotedFigureOut()
    mixes = ShareOut(source="blend.mixes", many=True)
    comparable_with = serializers.ChoiceField(CLASSES, source="blend.comparable_with", allow_null=True)


class AlternativeOut(ApiSerializer):
    purpose = serializers.ChoiceField(["working_capital", "investment"])
    capital_class = serializers.ChoiceField(CLASSES)
    rate = QuotedFigureOut()
    limit = QuotedFigureOut()
    share = QuotedFigureOut()
    years = QuotedFigureOut()
    difference = QuotedFigureOut(allow_null=True, help_text="Offer minus loan; null where the offer is no debt.")


class LeftOutOut(ApiSerializer):
    what = serializers.CharField()
    reason = serializers.ChoiceField([item.value for item in Reason])
    detail = serializers.SerializerMethodField()

    def get_detail(self, row: Any) -> str:
        return str(REASONS[row.reason])


class QuoteOut(ApiSerializer):
    edition = EditionOut(source="table")
    on = serializers.DateField()
    capital_class = serializers.ChoiceField(CLASSES)
    amount = QuotedFigureOut()
    parts = QuotedFigureOut(many=True, help_text="The terms of the build-up.")
    build_up = QuotedFigureOut()
    cover = QuotedFigureOut()
    premium = QuotedFigureOut()
    required = QuotedFigureOut(  # type: ignore[assignment]
        help_text="What pays for the risk that is left; never above the build-up."
    )
    offer = QuotedFigureOut()
    marginal = QuotedFigureOut()
    paid_for_risk = QuotedFigureOut(help_text="Below zero the fund keeps risk that nobody pays it for.")
    saving = QuotedSavingOut()
    blend = QuotedBlendOut(allow_null=True)
    alternatives = AlternativeOut(many=True, help_text="Subsidised loans that the firm could take.")
    left_out = LeftOutOut(many=True, help_text="Comparisons that are not made, and why.")

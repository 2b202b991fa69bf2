"""The shapes of ownership in the REST interface: parties, statements, figures, BODS."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance.rules.graph import ANSWERS, Counted, Interval
from apps.compliance.selectors.ownership import country_of, name_of
from apps.compliance.states import Directness, EntityType, GroupRole, InterestType, PartyKind, UnknownReason
from kernel.api.filters import ChoiceFilter, DateFilter, FlagFilter, StrictFilterSet
from kernel.api.serializers import ApiSerializer
from kernel.api.whole import WholeSerializer

COUNTRY = r"^[A-Z]{2}$"
BIRTH_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"
MOST = 500
DIGITS = 6
"""Decimals of the fractions in figures."""


def share_field(**kwargs: Any) -> serializers.DecimalField:
    """A fraction, as the tables keep it."""
    return serializers.DecimalField(max_digits=7, decimal_places=6, min_value=0, max_value=1, **kwargs)


def text_field(longest: int = 500, **kwargs: Any) -> serializers.CharField:
    """A text that may be left out or empty."""
    return serializers.CharField(max_length=longest, allow_blank=True, required=False, **kwargs)


@extend_schema_field({"type": "string", "format": "decimal"})
class FractionField(serializers.Field[Any, Any, Any, Any]):
    """A fraction as a decimal text."""

    def to_representation(self, value: Fraction) -> str:
        return f"{float(value):.{DIGITS}f}"


@extend_schema_field({"type": "object", "properties": {"min": {"type": "string"}, "max": {"type": "string"}}})
class IntervalField(serializers.Field[Any, Any, Any, Any]):
    """A fraction between two bounds."""

    def to_representation(self, value: Interval) -> dict[str, str]:
        return {"min": f"{float(value.low):.{DIGITS}f}", "max": f"{float(value.high):.{DIGITS}f}"}


class PartyIdentifierField(WholeSerializer):
    scheme = serializers.CharField(max_length=40)
    value = serializers.CharField(max_length=60)


class PartyIn(WholeSerializer):
    key = serializers.CharField(max_length=64, help_text="What the statements of this call name it by.")
    kind = serializers.ChoiceField(choices=PartyKind.choices)
    legal_name = text_field(200)
    native_name = text_field(200)
    entity_type = serializers.ChoiceField(choices=EntityType.choices, allow_blank=True, required=False)
    country = serializers.RegexField(COUNTRY, allow_blank=True, required=False)
    nationalities = serializers.ListField(child=serializers.RegexField(COUNTRY), max_length=20, required=False)
    birth_date = serializers.RegexField(
        BIRTH_DATE, allow_blank=True, required=False, help_text="A year, a month or a day."
    )
    registered_on = serializers.DateField(allow_null=True, required=False)
    identifiers = PartyIdentifierField(many=True, required=False, max_length=20)  # type: ignore[call-arg]
    unknown_reason = serializers.ChoiceField(choices=UnknownReason.choices, allow_blank=True, required=False)


class StatementIn(WholeSerializer):
    owner = serializers.CharField(max_length=64, help_text="The id of a party or an organisation, or a key.")
    owned = text_field(64, help_text="As `owner`; without it one's own organisation.")
    interest = serializers.ChoiceField(choices=InterestType.choices, required=False)
    directness = serializers.ChoiceField(choices=Directness.choices, required=False)
    share_min = share_field(allow_null=True, required=False)
    share_max = share_field(allow_null=True, required=False)
    share_min_exclusive = serializers.BooleanField(required=False)
    share_max_exclusive = serializers.BooleanField(required=False)
    from_date = serializers.DateField(allow_null=True, required=False)
    to_date = serializers.DateField(
        allow_null=True, required=False, help_text="The first day on which it no longer holds."
    )
    details = text_field()
    source = text_field()  # type: ignore[assignment]
    source_url = serializers.URLField(max_length=500, allow_blank=True, required=False)
    source_document = serializers.UUIDField(allow_null=True, required=False)
    retrieved_on = serializers.DateField(allow_null=True, required=False)


class StatementsIn(serializers.Serializer[Any]):
    parties = PartyIn(many=True, required=False, max_length=MOST)  # type: ignore[call-arg]
    statements = StatementIn(many=True, min_length=1, max_length=MOST)  # type: ignore[call-arg]


class StatementEdit(StatementIn):
    owner = serializers.CharField(max_length=64, required=False)


class EndIn(serializers.Serializer[Any]):
    on = serializers.DateField(allow_null=True, help_text="The first day without it; null withdraws what was never so.")


class GroupRoleIn(serializers.Serializer[Any]):
    role = serializers.ChoiceField(choices=GroupRole.choices)
    party = serializers.UUIDField(allow_null=True, help_text="null ends the declaration.")


class GroupRoleOut(ApiSerializer):
    role = serializers.CharField()
    party = serializers.UUIDField(source="party_id", allow_null=True)


class BodsIn(serializers.Serializer[Any]):
    bods = serializers.ListField(
        child=serializers.DictField(), help_text="A BODS 0.4 array about one's own organisation."
    )
    dry_run = serializers.BooleanField(default=False)


class BodsImportOut(ApiSerializer):
    parties = serializers.IntegerField(help_text="New ones.")
    statements = serializers.IntegerField(help_text="New ones, one for each interest.")
    unchanged = serializers.IntegerField(help_text="Relationships that stood already.")
    dry_run = serializers.BooleanField(source="is_trial")


class PartyOut(ApiSerializer):
    id = serializers.UUIDField()
    organisation = serializers.UUIDField(source="organisation_id", allow_null=True)
    kind = serializers.ChoiceField(choices=PartyKind.choices)
    entity_type = serializers.CharField()
    name = serializers.SerializerMethodField()
    native_name = serializers.CharField()
    country = serializers.SerializerMethodField()
    nationalities = serializers.ListField(child=serializers.CharField())
    birth_date = serializers.CharField()
    registered_on = serializers.DateField(allow_null=True)
    identifiers = PartyIdentifierField(many=True)
    unknown_reason = serializers.CharField()

    def get_name(self, party: Any) -> str:
        return name_of(party=party)

    def get_country(self, party: Any) -> str:
        return country_of(party=party)


class StatementOut(ApiSerializer):
    id = serializers.UUIDField()
    owned = PartyOut()
    owner = PartyOut()
    interest = serializers.ChoiceField(choices=InterestType.choices)
    directness = serializers.ChoiceField(choices=Directness.choices)
    share_min = share_field(allow_null=True)
    share_max = share_field(allow_null=True)
    share_min_exclusive = serializers.BooleanField()
    share_max_exclusive = serializers.BooleanField()
    from_date = serializers.DateField(allow_null=True)
    to_date = serializers.DateField(allow_null=True)
    details = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    source_url = serializers.CharField()
    source_document = serializers.UUIDField(allow_null=True)
    retrieved_on = serializers.DateField(allow_null=True)
    supersedes = serializers.UUIDField(source="supersedes_id", allow_null=True)
    is_standing = serializers.BooleanField(help_text="Neither replaced nor withdrawn.")
    is_withdrawn = serializers.BooleanField()
    stated_by = serializers.UUIDField(source="stated_by_id", allow_null=True)
    stated_at = serializers.DateTimeField()


class StatedOut(ApiSerializer):
    statements = StatementOut(many=True)


class StatementFilter(StrictFilterSet):
    interest = ChoiceFilter(choices=InterestType.choices)
    from_date_after = DateFilter(field_name="from_date", lookup_expr="gte")
    standing = FlagFilter(field_name="is_standing")


class OwnedField(ApiSerializer):
    stated = IntervalField(help_text="By the statements.")
    possible = FractionField(help_text="At most, if the open parts were theirs, too.")


class PathOut(ApiSerializer):
    parties = serializers.ListField(child=serializers.UUIDField(), help_text="From the owner down to the entity.")
    shares = serializers.ListField(child=IntervalField())
    product = IntervalField()
    statements = serializers.ListField(child=serializers.ListField(child=serializers.UUIDField()))


class BeneficialOwnerOut(ApiSerializer):
    party = serializers.UUIDField()
    shares = OwnedField()
    votes = OwnedField()
    answers = serializers.DictField(child=serializers.ChoiceField(choices=ANSWERS), help_text="By regime.")
    paths = PathOut(many=True)
    are_paths_cut = serializers.BooleanField(help_text="There may be lighter paths that are not listed.")


class OpenBranchOut(ApiSerializer):
    party = serializers.UUIDField()
    cause = serializers.ChoiceField(choices=["declared_unknown", "no_owners_stated", "remainder"])
    open = IntervalField(help_text="The part of this party that belongs to nobody named.")
    reach = IntervalField(help_text="How much of the organisation that is.")


class StepOut(ApiSerializer):
    entity = serializers.UUIDField()
    through = serializers.ListField(child=serializers.UUIDField())
    votes = FractionField()
    by_right = serializers.BooleanField()
    statements = serializers.ListField(child=serializers.UUIDField())


class ControllerOut(ApiSerializer):
    party = serializers.UUIDField()
    answer = serializers.ChoiceField(choices=ANSWERS)
    is_ultimate = serializers.BooleanField()
    steps = StepOut(many=True)


class ControlOut(ApiSerializer):
    answer = serializers.ChoiceField(choices=ANSWERS, help_text="Whether a person or a state controls.")
    may_be_unnamed = serializers.BooleanField()
    controllers = ControllerOut(many=True)


class CountriesOut(ApiSerializer):
    parties = serializers.DictField(child=serializers.ListField(child=serializers.UUIDField()), help_text="By country.")
    without = serializers.ListField(child=serializers.UUIDField(), help_text="Whose country is not stated.")
    is_open = serializers.BooleanField()


class ThirdCountryOut(ApiSerializer):
    answer = serializers.ChoiceField(choices=ANSWERS)
    through = ControllerOut(many=True)
    causes = serializers.ListField(
        child=serializers.ChoiceField(choices=["may_control", "country_not_stated", "open_branch"])
    )


class ContradictionOut(ApiSerializer):
    role = serializers.ChoiceField(choices=GroupRole.choices)
    code = serializers.CharField()
    party = serializers.UUIDField()


class GroupOut(ApiSerializer):
    top_company = serializers.UUIDField(allow_null=True, help_text="As declared.")
    ip_owner = serializers.UUIDField(allow_null=True)
    operating_company = serializers.UUIDField(allow_null=True)
    derived_top_company = serializers.UUIDField(allow_null=True, help_text="By control; null where it cannot be told.")
    contradictions = ContradictionOut(many=True)


class ThresholdOut(ApiSerializer):
    regime = serializers.CharField()
    share = FractionField()
    is_inclusive = serializers.BooleanField(help_text="At this share already, else above it.")
    counted = serializers.ListField(child=serializers.ChoiceField(choices=list(Counted)))
    valid_from = serializers.DateField()
    valid_to = serializers.DateField(allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]
    confidence = serializers.CharField()


class FiguresOut(ApiSerializer):
    organisation = serializers.UUIDField(source="organisation_id")
    as_of = serializers.DateField()
    is_cut = serializers.BooleanField(source="ownership.is_cut", help_text="There is more above than was read.")
    has_cycle = serializers.BooleanField(source="ownership.has_cycle")
    open_shares = IntervalField(source="ownership.open_shares")
    open_votes = IntervalField(source="ownership.open_votes")
    beneficial_owners = BeneficialOwnerOut(source="ownership.owners", many=True)
    open_branches = OpenBranchOut(source="ownership.open_branches", many=True)
    control = ControlOut()
    countries = CountriesOut()
    third_country = ThirdCountryOut(allow_null=True)
    group = GroupOut()
    thresholds = ThresholdOut(many=True)
    parties = serializers.SerializerMethodField()

    @extend_schema_field(PartyOut(many=True))
    def get_parties(self, figures: Any) -> Any:
        rows = [figures.parties[pk] for pk in sorted(figures.parties)]
        return PartyOut(rows, many=True).data

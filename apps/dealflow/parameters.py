"""What the deal flow may be searched by: facts of tier T1, each named explicitly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from apps.dealflow.rules.queries import DealFlowQuery
from apps.dealflow.rules.shares import share_labels
from apps.dealflow.rules.text import text_problem
from apps.dealflow.selectors.criteria import LOOKUPS
from apps.dealflow.selectors.listings import ORDERS
from apps.dealflow.selectors.scores import is_own_mandate
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument, InstrumentClass
from apps.reference.scoring_models import CURRENT, model_files
from apps.startups.rules.bands import AMOUNT_BANDS, ITERATION_BANDS
from apps.startups.rules.origin import band_edges
from apps.startups.states import ListingKind, Maturity, Partnering
from kernel.access import Actor
from kernel.api.filters import (
    AnyOf,
    ChoiceFilter,
    FlagFilter,
    MomentFilter,
    NumberFilter,
    StrictFilterSet,
    TextFilter,
    UuidFilter,
    WholeNumberFilter,
)
from kernel.api.problems import QueryInvalid, pointer, query_problem
from kernel.errors import FieldProblem

SHARE_LABELS = share_labels(edges=band_edges(model=model_files()[CURRENT].raw))
LEAST = frozenset({"trl_min", "amount_min", "published_since"})
"""Bounds from below: of several the lowest is meant, as one of them suffices."""
MOST = frozenset(
    {"trl_max", "amount_max", "adaptation_days_max", "cadence_days_max", "feedback_days_max", "delivery_days_max"}
)
ONCE = frozenset({"q", "mandate"})
DAYS_HELP = "Days; what is not measured fulfils none."
SHARE_HELP = "Bands of component cost from outside the perimeter; a firm's own band lies within those named."


class WordsFilter(AnyOf):
    """A text with at least one word in it."""

    schema = {"type": "string", "minLength": 1, "maxLength": 200}
    message = _lazy("A text of 1 to 200 characters with a word in it.")

    def parse(self, text: str) -> str | None:
        return text if text_problem(text) is None else None


class DealFlowFilter(StrictFilterSet):
    q = WordsFilter(help_text="Words in English, Ukrainian or romanised; once.")
    kind = ChoiceFilter(choices=ListingKind.choices)
    firm = UuidFilter()
    own = FlagFilter(help_text="true: only one's own; false: only others'.")
    country = TextFilter(help_text="ISO 3166-1 alpha-2.")
    area = TextFilter(help_text="Code of an area; areas below it count, too.")
    trl_min = WholeNumberFilter(minimum=1, maximum=9)
    trl_max = WholeNumberFilter(minimum=1, maximum=9)
    maturity = ChoiceFilter(choices=Maturity.choices)
    tier = ChoiceFilter(choices=EvidenceTier.choices, help_text="Evidence of the capability.")
    seeks = ChoiceFilter(choices=Partnering.choices)
    capital_class = ChoiceFilter(choices=InstrumentClass.choices)
    instrument = ChoiceFilter(choices=Instrument.choices)
    stage = TextFilter()
    amount_min = NumberFilter(help_text="EUR at the reference rate.")
    amount_max = NumberFilter(help_text="EUR at the reference rate.")
    amount_band = ChoiceFilter(choices=AMOUNT_BANDS)
    share_eu = ChoiceFilter(choices=SHARE_LABELS, help_text=SHARE_HELP)
    share_eu_eea = ChoiceFilter(choices=SHARE_LABELS, help_text=SHARE_HELP)
    share_eu_eea_ua = ChoiceFilter(choices=SHARE_LABELS, help_text=SHARE_HELP)
    iteration_band = ChoiceFilter(choices=ITERATION_BANDS, help_text="Days per release that answers something.")
    adaptation_days_max = NumberFilter(help_text=DAYS_HELP)
    cadence_days_max = NumberFilter(help_text=DAYS_HELP)
    feedback_days_max = NumberFilter(help_text=DAYS_HELP)
    delivery_days_max = NumberFilter(help_text=DAYS_HELP)
    published_since = MomentFilter()
    mandate = UuidFilter(help_text="One's own mandate, whose scores are shown and may be ordered by; once.")

    def filter_queryset(self, queryset: Any) -> Any:
        """Nothing is narrowed here: what was read makes one `DealFlowQuery`, which the selectors carry out."""
        return queryset


for _name, _lookup in LOOKUPS.items():  # told what the selectors go by, as every filter tells
    DealFlowFilter.base_filters[_name].field_name = _lookup.rpartition("__")[0]


def deal_flow_query(*, actor: Actor, parameters: Mapping[str, Sequence[str]], ordering: Sequence[str]) -> DealFlowQuery:
    """The search that query parameters ask for, by name all their values; `ordering` are those of that name.

    Raises QueryInvalid, which names each parameter that cannot be read.
    """
    values: dict[str, Any] = {}
    problems: list[FieldProblem] = []
    for name, item in DealFlowFilter.base_filters.items():
        if name in parameters:
            try:
                found = item.field.clean(list(parameters[name]))
            except forms.ValidationError as wrong:
                problems += _problems(name, wrong)
            else:
                if found:
                    values[name] = found
    if problems:
        raise QueryInvalid(errors=problems)
    values = {name: _combined(name, found) for name, found in values.items()}
    query = DealFlowQuery(text=values.pop("q", ""), ordering=_ordering(ordering), **values)
    if query.mandate is not None and not is_own_mandate(actor=actor, mandate_id=query.mandate):
        raise query_problem("mandate", _("Not a mandate of yours."), "unknown_mandate")
    if query.order.endswith("relevance") and not query.text:
        raise query_problem("ordering", _("There is relevance only to a text."), "needs_text")
    if query.order.endswith("score") and query.mandate is None:
        raise query_problem("ordering", _("There is a score only for a mandate."), "needs_mandate")
    return query


def _combined(name: str, found: list[Any]) -> Any:
    """One value of several alternatives where one says them all."""
    if name in ONCE:
        if len(found) > 1:
            raise query_problem(name, _("At most once."))
        return found[0]
    if name == "own":
        return None if len(set(found)) > 1 else found[0]
    if name in LEAST:
        return min(found)
    return max(found) if name in MOST else tuple(dict.fromkeys(found))


def _ordering(requested: Sequence[str]) -> str:
    if not requested:
        return ""
    if len(requested) > 1 or requested[0].removeprefix("-") not in ORDERS:
        text = _("One of: %(names)s; a leading minus reverses.") % {"names": ", ".join(ORDERS)}
        raise query_problem("ordering", text, "unknown_ordering")
    return requested[0]


def _problems(name: str, wrong: forms.ValidationError) -> list[FieldProblem]:
    return [
        FieldProblem(pointer(name), str(item.code or "invalid"), str(message))
        for item in wrong.error_list
        for message in item.messages
    ]

"""Every field has a tier, every answer with others' rows is cut by it, no list goes by what its reader cannot see."""

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.test.utils import isolate_apps
from django.urls import URLPattern, get_resolver
from django.utils.module_loading import module_has_submodule
from rest_framework import serializers

from apps.documents.models import Document, DocumentVersion
from apps.organisations.disclosure import Tier
from apps.organisations.models import Organisation
from apps.organisations.tiered import OwnFilter, TieredSerializer
from apps.startups.disclosure import AT_WAR
from apps.startups.models import Capability, Component, Financials, Firm
from kernel.api.filters import StrictFilterBackend, StrictFilterSet, TextFilter
from kernel.api.serializers import ApiSerializer
from kernel.api.views import ApiView

Labels = Mapping[type[models.Model], Mapping[str, int]]

ROWS_FROM: Mapping[type[models.Model], Tier] = {
    Financials: Tier.T2,
    Component: Tier.T4,
    Document: Tier.T3,
    DocumentVersion: Tier.T3,
}
"""Models whose rows are shown from a higher tier on than T1."""
JUDGED_ELSEWHERE = {
    "DealFlow": {"q", "ordering=relevance", "own", "mandate", "ordering=score"},
}
"""What goes by no column: words are apart by tier (tests of the text), the others by what is the caller's own."""
TELLS_OF_NOBODY = {
    "MatchRunBrief": "a run tells of the market as a whole",
    "MatchRunOut": "a run tells of the market as a whole",
    "MatchOut": "made of rows that are cut: see the leaks of matches",
    "ExplanationOut": "made of rows that are cut: see the leaks of matches",
    "ScoringModelOut": "numbers of a model, which tell of nobody",
    "RunComparisonOut": "sums over all lists and ids of pairs, for the operator",
    "ListChangeOut": "ids of pairs whose rows the reader sees, and its own points: see the comparisons' tests",
    "ShadowOut": "how alike all lists are, for the operator",
    "RevealOut": "a grant of one's own",
    "RegistrationOut": "what the applicant stated itself",
    "DarknessOut": "the standing of one's own organisation",
    "MergeOut": "counts for the operator that merges",
    "RaiseComparisonOut": "made of cells that are cut one by one: see the comparison's tests",
    "SubstitutionOut": "computed of the bill of one's own capability",
}
"""Answers of views over rows that others see, which show none of those rows."""


def product() -> list[Any]:
    """The product's apps."""
    return [config for config in apps.get_app_configs() if config.name.startswith("apps.")]


def registries() -> dict[str, Labels]:
    """The labels by app."""
    return {
        config.label: getattr(importlib.import_module(f"{config.name}.disclosure"), "TIERS", {})
        for config in product()
        if module_has_submodule(config.module, "disclosure")
    }


def labels() -> dict[type[models.Model], Mapping[str, int]]:
    return {model: tiers for registry in registries().values() for model, tiers in registry.items()}


def columns(model: type[models.Model]) -> set[str]:
    """The names of what the model keeps."""
    return {field.name for field in (*model._meta.fields, *model._meta.many_to_many)}


def label_problems(known: Iterable[type[models.Model]], registered: Mapping[str, Labels]) -> list[str]:
    """Models and fields without exactly one tier, in the registry of their own app."""
    problems = []
    for model in known:
        homes = [app for app, registry in registered.items() if model in registry]
        if homes != [model._meta.app_label]:
            problems.append(f"{model.__name__} is labelled by {homes}")
            continue
        tiers = registered[homes[0]][model]
        problems += [f"{model.__name__}.{name} has no tier" for name in columns(model) - set(tiers)]
        problems += [f"{model.__name__}.{name} is no field" for name in set(tiers) - columns(model)]
        problems += [
            f"{model.__name__}.{name} has no such tier" for name, tier in tiers.items() if tier not in set(Tier)
        ]
    return problems


def answers() -> list[type[TieredSerializer]]:
    """Every tiered answer of the product."""
    for config in product():
        for module in pkgutil.walk_packages(config.module.__path__, f"{config.name}."):
            if ".migrations" not in module.name and ".commands" not in module.name:
                importlib.import_module(module.name)
    found: list[type[TieredSerializer]] = []
    waiting = list(TieredSerializer.__subclasses__())
    while waiting:
        answer = waiting.pop()
        waiting += answer.__subclasses__()
        if answer.__module__.startswith("apps."):
            found.append(answer)
    return found


def answer_problems(known: Iterable[type[TieredSerializer]]) -> list[str]:
    """Fields of answers without a tier."""
    problems = []
    for answer in known:
        tiers = getattr(answer, "tiers", {})
        problems += [f"{answer.__name__}.{name} has no tier" for name in set(answer().fields) - set(tiers)]
        problems += [f"{answer.__name__}.{name} is no field" for name in set(answer.at_war) - set(answer().fields)]
        if answer.at_war and not answer.country_path:
            problems.append(f"{answer.__name__} does not say where its country is")
    return problems


def views() -> Iterator[tuple[Any, list[str]]]:
    """Every view of the product with its actions."""

    def walk(patterns: Iterable[Any]) -> Iterator[tuple[Any, list[str]]]:
        for pattern in patterns:
            if not isinstance(pattern, URLPattern):
                yield from walk(pattern.url_patterns)
                continue
            view = getattr(pattern.callback, "cls", None)
            if view is not None and issubclass(view, ApiView) and view.__module__.startswith("apps."):
                actions = getattr(pattern.callback, "actions", None) or {name: name for name in view.permissions}
                yield view, sorted(set(actions.values()))

    return walk(get_resolver().url_patterns)


def output_of(view: Any, action: str) -> Any:
    return view.outputs.get(action, view.serializer_class)


def is_seen_by_others(view: Any) -> bool:
    """Whether the view is over rows of which others see anything."""
    model = None if view.queryset is None else view.queryset.model
    return not view.public_rows and min(labels().get(model, {"": Tier.T5}).values()) < Tier.T4


def is_cut(output: type[serializers.BaseSerializer[Any]]) -> bool:
    """Whether the answer is tiered, or consists of nothing but tiered ones."""
    if issubclass(output, TieredSerializer):
        return True
    parts = [getattr(field, "child", field) for field in output().fields.values()]  # type: ignore[attr-defined]
    return bool(parts) and all(isinstance(part, TieredSerializer) for part in parts)


def uncut(known: Iterable[tuple[Any, list[str]]]) -> set[str]:
    """The answers that show rows of others and are not cut."""
    return {
        output.__name__
        for view, actions in known
        for output in (output_of(view, action) for action in actions)
        if output is not None and is_seen_by_others(view) and not is_cut(output)
    }


def path_tier(model: type[models.Model], path: str) -> int:
    """The highest tier on the way from a row to the value at `path`, with the rules for countries at war.

    The way over an organisation says whose row it is, which is no value itself.
    """
    known, highest = labels(), 0
    steps = path.split("__")
    for place, step in enumerate(steps):
        field = model._meta.get_field(step)
        remote = getattr(field, "related_model", None)
        if remote is not Organisation or place == len(steps) - 1:
            highest = max(highest, known[model].get(field.name, Tier.T5), AT_WAR.get(model, {}).get(field.name, 0))
        if remote is not None and place < len(steps) - 1:
            model = remote
    return highest


def going_by(view: Any) -> Iterator[tuple[str, Any]]:
    """The filters and orders of a view's list by name, with the path of the value that each goes by."""
    filters = getattr(getattr(view, "filterset_class", None), "base_filters", {})
    yield from ((name, item.field_name) for name, item in filters.items() if not isinstance(item, OwnFilter))
    yield from ((f"ordering={name}", path) for name, path in view.ordering_fields.items())


def list_problems(view: Any) -> list[str]:
    """Filters and orders that go by what not every reader of the row sees."""
    model, output = view.queryset.model, output_of(view, "list")
    known = labels().get(model)
    if known is None or view.public_rows:
        return []
    rows_from = Tier.T4 if min(known.values()) >= Tier.T4 else ROWS_FROM.get(model, Tier.T1)
    if rows_from >= Tier.T4:
        return []
    shown: Mapping[str, int] = getattr(output, "tiers", {})
    problems = []
    for name, path in going_by(view):
        if name in JUDGED_ELSEWHERE.get(view.__name__, ()):
            continue
        try:
            tier = min(path_tier(model, path), shown.get(f"is_{name}", Tier.T5))
        except (FieldDoesNotExist, AttributeError):
            tier = shown.get(path, Tier.T5)
        if output.__name__ == "TeaserOut" and tier > Tier.T0 and path != "teaser_id":
            problems.append(f"{view.__name__} {name} goes by more than T0")
        elif tier > rows_from:
            problems.append(f"{view.__name__} {name} goes by {path}")
    return problems


class TestLabels:
    def test_stand_on_every_field_of_every_model_once(self) -> None:
        known = [model for config in product() for model in config.get_models()]

        assert len(known) > 20
        assert label_problems(known, registries()) == []

    def test_stand_on_nothing_that_is_no_model(self) -> None:
        known = {model for config in product() for model in config.get_models()}

        assert set(labels()) == known

    def test_a_new_field_turns_this_red(self) -> None:
        registered = registries()
        with isolate_apps("apps.startups"):

            class Widened(models.Model):
                name = models.CharField(max_length=10)
                weight = models.IntegerField()
                users = models.ManyToManyField("accounts.User")

                class Meta:
                    app_label = "startups"

        assert label_problems([Widened], registered) == ["Widened is labelled by []"]
        registered["startups"] = {**registered["startups"], Widened: {"id": 4, "name": 4}}
        assert sorted(label_problems([Widened], registered)) == [
            "Widened.users has no tier",
            "Widened.weight has no tier",
        ]

    @pytest.mark.parametrize("model", labels(), ids=lambda model: model.__name__)
    def test_a_lost_label_turns_this_red(self, model: type[models.Model]) -> None:
        app = model._meta.app_label
        registered = registries()
        for name in registered[app][model]:
            fewer = {key: tier for key, tier in registered[app][model].items() if key != name}

            found = label_problems([model], {**registered, app: {**registered[app], model: fewer}})

            assert found == [f"{model.__name__}.{name} has no tier"]

    def test_a_label_in_two_registries_turns_this_red(self) -> None:
        registered = registries()
        registered["investors"] = {**registered["investors"], Firm: registered["startups"][Firm]}

        assert len(label_problems([Firm], registered)) == 1


class TestAnswers:
    def test_have_a_tier_for_every_field(self) -> None:
        known = answers()

        assert len(known) >= 10
        assert answer_problems(known) == []

    def test_a_field_without_tier_turns_this_red(self) -> None:
        class Wider(TieredSerializer):
            tiers = {"id": Tier.T1}
            at_war = {"gone": Tier.T4}

            id = serializers.UUIDField()
            secret = serializers.CharField()

        assert answer_problems([Wider]) == [
            "Wider.secret has no tier",
            "Wider.gone is no field",
            "Wider does not say where its country is",
        ]

    def test_of_others_rows_are_cut(self) -> None:
        assert uncut(views()) == set(TELLS_OF_NOBODY)

    def test_an_uncut_one_turns_this_red(self) -> None:
        class Bare(ApiSerializer):
            id = serializers.UUIDField()

        class Open(ApiView):
            queryset = Firm.objects.all()
            serializer_class = Bare

        assert uncut([(Open, ["list"])]) == {"Bare"}


class TestLists:
    def test_go_by_what_every_reader_of_the_row_sees(self) -> None:
        seen = {view: None for view, _ in views() if view.queryset is not None}

        assert len(seen) > 10
        assert [problem for view in seen for problem in list_problems(view)] == []

    def test_are_read_by_strict_filters_alone(self) -> None:
        assert {tuple(view.filter_backends) for view, _ in views()} == {(StrictFilterBackend,)}

    @pytest.mark.parametrize(
        ("model", "path", "is_hidden"),
        [
            (Firm, "summary", True),
            (Firm, "region", True),
            (Firm, "naming", True),
            (Firm, "organisation", True),
            (Firm, "organisation__version", True),
            (Firm, "capabilities__trl", True),
            (Firm, "organisation__country", False),
            (Capability, "unit_cost", True),
            (Capability, "firm__region", True),
            (Capability, "trl", False),
            (Capability, "area__code", False),
        ],
    )
    def test_a_filter_or_order_by_what_is_hidden_turns_this_red(
        self, model: type[models.Model], path: str, is_hidden: bool
    ) -> None:
        class Filters(StrictFilterSet):
            by = TextFilter(field_name=path)

        class Rows(TieredSerializer):
            tiers = {"id": Tier.T1}

            id = serializers.UUIDField()

        class Open(ApiView):
            queryset = model.objects.all()  # type: ignore[attr-defined]
            serializer_class = Rows
            filterset_class = Filters
            ordering_fields = {"by": path}

        expected = [f"Open by goes by {path}", f"Open ordering=by goes by {path}"] if is_hidden else []
        assert list_problems(Open) == expected

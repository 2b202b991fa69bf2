"""What speed is measured of and by, and how a profile compares with others of its area."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from apps.organisations.states import Standing
from apps.reference.areas import Area, Taxonomy
from apps.reference.models import CapabilityArea
from apps.reference.scoring_models import CURRENT, ModelFile, model_files
from apps.reference.tables import editions
from apps.startups.models import Capability, DevelopmentEvent, Raise, SpeedFlag, SpeedPoint, SpeedProfile
from apps.startups.models.listings import sees_counterparts
from apps.startups.rules.speed import SpeedParameters
from apps.startups.rules.speed_flags import Recording
from apps.startups.rules.speed_subjects import FIGURES, Made
from apps.startups.states import OPEN_RAISES, CapabilityStatus
from kernel.access import Actor

COMPARED_FROM = 5
"""Among fewer firms nothing is said of where one stands."""
TENTHS = 10
SHOWN_AFTER = dt.timedelta(days=30)
"""How old a month must be before others see how fast a firm was in it."""


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """What speed is measured by: the numbers of the model in force, and the taxonomy with its priors."""

    model: ModelFile
    parameters: SpeedParameters
    taxonomy: Taxonomy

    @property
    def files(self) -> tuple[str, str]:
        """The hashes of both."""
        return self.model.sha256, self.taxonomy.sha256


def measure_at(*, on: dt.date) -> Measure:
    """What speed is measured by on that day; areas that imports brought have their ancestors' priors. One query."""
    model = model_files()[CURRENT]
    taxonomy = editions().taxonomy_at(on)
    rows = CapabilityArea.objects.order_by("code").values_list("code", "parent__code")
    extra = [Area(code=code, parent=parent, label_en=code) for code, parent in rows if code not in taxonomy.areas]
    return Measure(model, SpeedParameters.from_model(model.raw), taxonomy.extended(areas=extra))


def firms_made(*, firm_ids: Collection[UUID]) -> dict[UUID, list[Made]]:
    """What each firm makes, by id."""
    made: defaultdict[UUID, list[Made]] = defaultdict(list)
    for firm, identifier, area, status in (
        Capability.objects.filter(firm__in=firm_ids).order_by("id").values_list("firm_id", "id", "area__code", "status")
    ):
        made[firm].append(Made(id=str(identifier), area=area, is_published=status == CapabilityStatus.PUBLISHED))
    return dict(made)


def firms_raised_for(*, firm_ids: Collection[UUID]) -> dict[UUID, list[str]]:
    """The leads of each firm's open raises, the newest raise first."""
    leads: defaultdict[UUID, list[str]] = defaultdict(list)
    for firm, lead in (
        Raise.objects.filter(firm__in=firm_ids, status__in=OPEN_RAISES)
        .order_by("-opened_on", "-id")
        .values_list("firm_id", "lead_capability_id")
    ):
        leads[firm].append(str(lead))
    return dict(leads)


def recordings(*, firm_ids: Collection[UUID]) -> dict[str, Recording]:
    """When and through which door each event of these firms was entered."""
    rows = DevelopmentEvent.objects.filter(capability__firm__in=firm_ids).values_list("id", "recorded_at", "source")
    return {str(identifier): Recording(at=at, source=source) for identifier, at, source in rows}


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a figure compares: `quantile` is the share of the firms of `area` that are slower, in tenths.

    Both are None where fewer than five other firms have such a figure. `european_days` is what the area's European
    makers are taken to need for a release, `european_ratio` the figure over it; None where nothing is assumed.
    """

    quantile: float | None = None
    area: str | None = None
    european_days: float | None = None
    european_ratio: float | None = None
    european_basis: str = ""


def comparisons(*, profile: SpeedProfile, on: dt.date, actor: Actor) -> dict[str, Comparison]:
    """How each figure of a profile compares with those of its kind that every verified counterpart sees; two queries.

    The area is the nearest one, upwards from the profile's own, under which at least five other firms have the figure.
    Who sees teasers alone is told nothing of others' figures, and so not where its own stands among them.
    """
    taxonomy = measure_at(on=on).taxonomy
    path = taxonomy.path(profile.area) if profile.area in taxonomy.areas else ()
    below = {step: [code for code in taxonomy.areas if step in taxonomy.path(code)] for step in path}
    found = _standings(profile, path, below) if sees_counterparts(actor) else {}
    area = taxonomy.figures(profile.area) if path else None
    shown = {}
    for name, figure in profile.figures.items():
        days, ratio, basis = None, None, ""
        if name == "cadence" and area is not None and area.european_iteration_days is not None:
            days, basis = area.european_iteration_days, area.basis
            ratio = figure["days"] / days
        quantile, step = found.get(name, (None, None))
        shown[name] = Comparison(quantile, step, days, ratio, basis)
    return shown


def _standings(
    profile: SpeedProfile, path: Sequence[str], below: Mapping[str, Collection[str]]
) -> dict[str, tuple[float, str]]:
    others = SpeedProfile.objects.filter(
        capability__isnull=profile.capability_id is None,
        area__in=below[path[-1]] if path else [],
        firm__organisation__standing=Standing.VERIFIED,
        firm__organisation__dark_since=None,
        firm__organisation__merged_into=None,
    ).exclude(firm=profile.firm_id)
    if profile.capability_id is not None:
        others = others.filter(capability__status=CapabilityStatus.PUBLISHED)
    asked = {}
    for place, step in enumerate(path):
        inside = Q(area__in=below[step])
        for name, figure in profile.figures.items():
            column, days = f"{name}_days", figure["days"]
            has = inside & Q(**{f"{column}__isnull": False})
            asked[f"{name}_{place}_firms"] = Count("firm", filter=has, distinct=True)
            asked[f"{name}_{place}_all"] = Count("pk", filter=has)
            asked[f"{name}_{place}_slower"] = Count("pk", filter=inside & Q(**{f"{column}__gt": days}))
            asked[f"{name}_{place}_same"] = Count("pk", filter=inside & Q(**{column: days}))
    if not asked:
        return {}
    counts = others.aggregate(**asked)
    found: dict[str, tuple[float, str]] = {}
    for name in FIGURES:
        for place, step in enumerate(path):
            if counts.get(f"{name}_{place}_firms", 0) >= COMPARED_FROM:
                slower = counts[f"{name}_{place}_slower"] + counts[f"{name}_{place}_same"] / 2
                found[name] = (round(TENTHS * slower / counts[f"{name}_{place}_all"]) / TENTHS, step)
                break
    return found


def speed_points(*, profile: SpeedProfile, until: dt.date | None = None) -> QuerySet[SpeedPoint]:
    """The monthly figures of a profile, oldest first, of months that ended by `until`."""
    points = SpeedPoint.objects.filter(profile=profile).order_by("month_end")
    return points if until is None else points.filter(month_end__lte=until)


def speed_flag_list(*, actor: Actor) -> QuerySet[SpeedFlag]:
    """The patterns in firms' logs that the actor may see."""
    return SpeedFlag.objects.visible_to(actor).select_related("firm__organisation")

"""Keeping the listings: every write of what they show ends here, in the same transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from apps.reference.instruments import CLASS_OF
from apps.reference.scoring_models import CURRENT, model_files
from apps.reference.tables import editions
from apps.startups.models import Capability
from apps.startups.rules.bands import AMOUNT_BANDS, AMOUNT_EDGES, ITERATION_BANDS, ITERATION_EDGES
from apps.startups.rules.origin import band_edges
from apps.startups.rules.speed_subjects import FIGURES, WHOLE_DAYS_FROM
from apps.startups.services.search import listing_words_refresh
from apps.startups.states import OPEN_RAISES, CapabilityStatus
from kernel.clock import utc_now, utc_today

BATCH = 5_000
"""Capabilities whose rows are written by one statement."""
SHARES: Mapping[str, str] = {"share_eu": "EU", "share_eu_eea": "EU+EEA", "share_eu_eea_ua": "EU+EEA+UA"}
"""The columns of the foreign share, each with its perimeter."""
SHOWN = (
    *("organisation_id", "firm_id", "capability_id", "raising_id", "country", "area", "areas", "trl", "maturity"),
    *("tier", "seeks", "capital_class", "instruments", "stage", "amount_eur", "amount_band", *SHARES),
    *("adaptation_days", "cadence_days", "feedback_days", "delivery_days", "iteration_band"),
)

LOCK = "SELECT id FROM startups_capability WHERE id = ANY (%s) ORDER BY id FOR NO KEY UPDATE"

WRITE = """
WITH RECURSIVE tree (id, code, path) AS (
    SELECT id, code::text, ARRAY[code::text] FROM reference_capabilityarea WHERE parent_id IS NULL
    UNION ALL
    SELECT area.id, area.code::text, tree.path || area.code::text
    FROM reference_capabilityarea area JOIN tree ON area.parent_id = tree.id
), rate (currency, eur) AS (
    SELECT * FROM unnest(%(currencies)s::text[], %(rates)s::numeric[])
), class (instrument, name) AS (
    SELECT * FROM unnest(%(instruments)s::text[], %(classes)s::text[])
), maker AS (
    SELECT firm.id, firm.organisation_id, organisation.country
    FROM startups_firm firm JOIN organisations_organisation organisation ON organisation.id = firm.organisation_id
), shown AS (
    SELECT capability.id, capability.firm_id, capability.trl, capability.maturity, capability.tier, capability.seeks,
        tree.code AS area, tree.path AS areas
    FROM startups_capability capability JOIN tree ON tree.id = capability.area_id
    WHERE capability.id = ANY (%(ids)s) AND capability.status = %(published)s
), bill AS (
    SELECT capability_id, count(DISTINCT currency) > 1 AS is_mixed
    FROM startups_component WHERE capability_id = ANY (%(ids)s) GROUP BY capability_id
), line AS (
    SELECT capability_id, origin, unit_cost * quantity * CASE WHEN is_mixed THEN rate.eur ELSE 1 END AS cost
    FROM startups_component JOIN bill USING (capability_id) LEFT JOIN rate USING (currency)
    WHERE capability_id = ANY (%(ids)s)
), origin AS (
    SELECT capability_id, sum(cost) AS total, count(*) = count(cost) AND sum(cost) > 0 AS is_known,
        coalesce(sum(cost) FILTER (WHERE origin IS NULL), 0) AS unknown, {outside}
    FROM line GROUP BY capability_id
), pace AS (
    SELECT capability_id, {days} FROM startups_speedprofile WHERE capability_id = ANY (%(ids)s)
), said AS (
    SELECT shown.*, {bands}, adaptation_days, cadence_days, feedback_days, delivery_days,
        (%(iteration_bands)s::text[])[1 + width_bucket(cadence_days::numeric, %(iteration_edges)s::numeric[])]
            AS iteration_band
    FROM shown LEFT JOIN origin ON origin.capability_id = shown.id LEFT JOIN pace ON pace.capability_id = shown.id
), sought AS (
    SELECT sought.*, sought.amount * rate.eur AS eur,
        (SELECT CASE WHEN count(DISTINCT class.name) = 1 THEN min(class.name) END
         FROM class WHERE class.instrument = ANY (sought.instruments)) AS capital_class
    FROM startups_raise sought LEFT JOIN rate USING (currency)
    WHERE sought.lead_capability_id = ANY (%(ids)s) AND sought.status = ANY (%(open)s)
), result AS MATERIALIZED (
    SELECT sought.id, 'raise' AS kind, sought.firm_id, said.id AS capability_id, sought.id AS raising_id,
        CASE WHEN sought.opened_on < %(today)s THEN sought.opened_on::timestamp AT TIME ZONE 'UTC' ELSE %(now)s END
            AS published_at, {facts}, sought.capital_class, sought.instruments, sought.stage,
        round(sought.eur, 2) AS amount_eur,
        (%(amount_bands)s::text[])[1 + width_bucket(sought.eur, %(amount_edges)s::numeric[])] AS amount_band
    FROM sought LEFT JOIN said ON said.id = sought.lead_capability_id
    UNION ALL
    SELECT said.id, 'capability', said.firm_id, said.id, NULL, %(now)s, {facts}, NULL, '{{}}'::varchar[], '', NULL, NULL
    FROM said WHERE NOT EXISTS (SELECT FROM sought WHERE sought.lead_capability_id = said.id)
), gone AS (
    DELETE FROM startups_listing listing USING (
        SELECT unnest(%(ids)s) UNION ALL SELECT id FROM startups_raise WHERE lead_capability_id = ANY (%(ids)s)
    ) AS meant (id)
    WHERE listing.id = meant.id AND NOT EXISTS (SELECT FROM result WHERE result.id = listing.id)
)
INSERT INTO startups_listing (id, kind, published_at, {columns})
SELECT result.id, kind, published_at, organisation_id, firm_id, capability_id, raising_id, country,
    coalesce(area, ''), coalesce(areas, '{{}}'), trl, coalesce(maturity, ''), coalesce(tier, ''),
    coalesce(seeks, '{{}}'), coalesce(capital_class, ''), instruments, stage, amount_eur, coalesce(amount_band, ''),
    coalesce(share_eu, ''), coalesce(share_eu_eea, ''), coalesce(share_eu_eea_ua, ''), adaptation_days, cadence_days,
    feedback_days, delivery_days, coalesce(iteration_band, '')
FROM result JOIN maker ON maker.id = result.firm_id
ON CONFLICT (id) DO UPDATE SET ({columns}) = ROW ({excluded})
WHERE ({present}) IS DISTINCT FROM ({excluded})
"""
"""The facts of published capabilities and open raises, set against the rows there are."""

FACTS = (
    *("area", "areas", "trl", "maturity", "tier", "seeks", *SHARES),
    *("adaptation_days", "cadence_days", "feedback_days", "delivery_days", "iteration_band"),
)
"""What both kinds of rows have from the capability."""


@transaction.atomic
def listings_refresh(
    *,
    capability_ids: Collection[UUID] | None = None,
    firm_ids: Collection[UUID] | None = None,
    now: dt.datetime | None = None,
) -> int:
    """Bring the rows of these capabilities and of the raises that they lead, or of all of these firms, to what they
    are now; returns of how many capabilities.

    Without either, of all there are. Belongs into the transaction that changed what is published, sought, measured or
    built in; a raise that changes its lead names both. What stays the same is not written.
    """
    chosen = Q()
    if capability_ids is not None or firm_ids is not None:
        chosen = Q(pk__in=capability_ids or ()) | Q(firm__in=firm_ids or ())
    ids = list(Capability.objects.filter(chosen).order_by("pk").values_list("pk", flat=True))
    values = _values(now or utc_now())
    for start in range(0, len(ids), BATCH):
        portion = ids[start : start + BATCH]
        with connection.cursor() as cursor:
            # Whoever comes second reads what the first one wrote.
            cursor.execute(LOCK, [portion])
            cursor.execute(STATEMENT, {**values, "ids": portion})
        listing_words_refresh(capability_ids=portion)
    return len(ids)


def _values(now: dt.datetime) -> dict[str, Any]:
    today = utc_today(now)
    table = editions().table_at(today)
    edges = band_edges(model=model_files()[CURRENT].raw)
    perimeters = {f"in_{column}": sorted(table.perimeter(name)) for column, name in SHARES.items()}
    return {
        **perimeters,
        "currencies": list(table.fx_to_eur),
        "rates": list(table.fx_to_eur.values()),
        "instruments": [str(name) for name in CLASS_OF],
        "classes": [str(name) for name in CLASS_OF.values()],
        "published": CapabilityStatus.PUBLISHED.value,
        "open": [str(status) for status in OPEN_RAISES],
        "share_edges": list(edges),
        "share_names": ["0", *(str(edge) for edge in edges), "1"],
        "iteration_edges": [edge for edge, _ in ITERATION_EDGES],
        "iteration_bands": list(ITERATION_BANDS),
        "amount_edges": [edge for edge, _ in AMOUNT_EDGES],
        "amount_bands": list(AMOUNT_BANDS),
        "today": today,
        "now": now,
    }


def _below(share: str) -> str:
    """How many band edges lie below a share of the bill, without dividing."""
    return f"(SELECT count(*)::int FROM unnest(%(share_edges)s::numeric[]) edge WHERE edge * total < {share})"  # noqa: S608 - our own names


def _band(column: str) -> str:
    names, low = "(%(share_names)s::text[])", f"out_{column}"
    lower, upper = f"{names}[1 + {_below(low)}]", f"{names}[2 + {_below(f'{low} + unknown')}]"
    return f"CASE WHEN is_known THEN {lower} || '-' || {upper} END AS {column}"


def _days(figure: str) -> str:
    """A figure as others are shown it (`rules.speed_subjects.shown_days`): what is finer cannot be asked for either."""
    days = f"{figure}_days"
    return f"CASE WHEN {days} >= {WHOLE_DAYS_FROM} THEN round({days}) ELSE round({days} * 10) / 10 END AS {days}"


STATEMENT = WRITE.format(
    outside=", ".join(
        f"coalesce(sum(cost) FILTER (WHERE origin <> ALL (%(in_{column})s)), 0) AS out_{column}" for column in SHARES
    ),
    days=", ".join(_days(name) for name in FIGURES),
    bands=", ".join(_band(column) for column in SHARES),
    facts=", ".join(f"said.{name}" for name in FACTS),
    columns=", ".join(SHOWN),
    excluded=", ".join(f"excluded.{name}" for name in SHOWN),
    present=", ".join(f"startups_listing.{name}" for name in SHOWN),
)

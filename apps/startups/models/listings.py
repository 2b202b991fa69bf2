"""Listings: what a search over the registry reads, one row per result."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now

from apps.organisations.disclosure import COUNTERPARTS, own_rows, with_tier
from apps.organisations.models import Organisation
from apps.organisations.models.organisations import NOT_SHOWN
from apps.organisations.states import Standing
from apps.permissions import Kind
from apps.reference.evidence import EvidenceTier
from apps.reference.instruments import Instrument, InstrumentClass
from apps.startups.models.capabilities import Capability
from apps.startups.models.firms import Firm
from apps.startups.models.raises import Raise
from apps.startups.rules.bands import AMOUNT_BANDS, ITERATION_BANDS
from apps.startups.states import ListingKind, Maturity, Partnering
from kernel.access import Actor

SHOWN = Q(standing=Standing.VERIFIED, dark_since=None, merged_into=None)
"""What an organisation is while others see what it lists; the contrary of `NOT_SHOWN`."""


def sees_counterparts(actor: Actor) -> bool:
    """Whether the actor sees more of others than their teasers."""
    if actor.is_system or actor.kind == Kind.OPERATOR:
        return actor.standing != Standing.SUSPENDED
    return actor.standing == Standing.VERIFIED and actor.kind in COUNTERPARTS


COUNTED_BY = (
    *("areas", "instruments", "seeks", "kind", "country", "trl", "maturity", "tier", "capital_class", "stage"),
    *("amount_band", "share_eu", "share_eu_eea", "share_eu_eea_ua", "iteration_band"),
)
"""The columns by whose values listings are counted."""


class ListingValue(models.Model):
    """A number for what listings have in a column of `COUNTED_BY`: one value, or all of a list. It never changes; what
    is not stated has no row, and the number 0.
    """

    id = models.AutoField(primary_key=True)
    column = models.CharField(max_length=20)
    value = ArrayField(models.CharField(max_length=60))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["column", "value"], name="listing_value_once"),
            models.CheckConstraint(name="listing_value_column", condition=Q(column__in=COUNTED_BY)),
        ]


class ListingQuerySet(models.QuerySet["Listing"]):
    def shown_to(self, actor: Actor) -> models.QuerySet[Listing]:
        """The rows of `visible_to`, bare: what is chosen from and counted.

        Organisations that nobody sees are few beside those that are seen: they are taken out, instead of looking up
        the others.
        """
        if actor.is_system:
            return self
        if actor.kind == Kind.OPERATOR or actor.preview is not None or not sees_counterparts(actor):
            return self.visible_to(actor)
        # Looked up in a table in memory: ten thousand rows of a walk cost half as much as with NOT EXISTS.
        is_shown = ~Q(organisation_id__in=Organisation.objects.filter(NOT_SHOWN).order_by().values("pk"))
        if actor.kind != Kind.FIRM:
            return self.filter(is_shown)
        own = Q(organisation_id=actor.organisation_id)
        return self.filter(own | ~Q(seeks=[]), own | is_shown)

    def visible_to(self, actor: Actor) -> models.QuerySet[Listing]:
        """One's own; those of verified organisations, for other firms only what seeks a partner."""
        rows: models.QuerySet[Any] = with_tier(self, actor, subject="organisation")
        if actor.kind == Kind.FIRM and actor.preview is None and not actor.is_system:
            rows = rows.filter(own_rows(actor, subject="organisation") | ~Q(seeks=[]))
        return rows


class Listing(models.Model):
    """A result: an open raise with its lead capability, or a published capability that leads no open raise.

    `id` is the raise's or the capability's own. The row holds what verified counterparts read of it and search by,
    nothing that begins at a higher tier; whether its organisation is seen is looked up when somebody asks. Empty texts
    and None are "not stated". `areas` are the codes from the root down to the capability's own area; amounts in EUR at
    the reference rate; shares are bands such as `0.1-0.35`; figures in days, as others are shown them. `words` are
    what it is found by. `listed_at` is when the row came to be. `codes` are the numbers of its values in `COUNTED_BY`,
    four bytes each, kept by the database itself.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    kind = models.CharField(max_length=10, choices=ListingKind.choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="listings")
    firm = models.ForeignKey(Firm, on_delete=models.CASCADE, related_name="listings")
    capability = models.ForeignKey(Capability, null=True, on_delete=models.CASCADE, related_name="listings")
    raising = models.OneToOneField(Raise, null=True, on_delete=models.CASCADE, related_name="listing")
    published_at = models.DateTimeField()
    listed_at = models.DateTimeField(db_default=Now())
    country = models.CharField(max_length=2)
    area = models.CharField(max_length=60, blank=True)
    areas = ArrayField(models.CharField(max_length=60))
    trl = models.PositiveSmallIntegerField(null=True)
    maturity = models.CharField(max_length=10, choices=Maturity.choices, blank=True)
    tier = models.CharField(max_length=2, choices=EvidenceTier.choices, blank=True)
    seeks = ArrayField(models.CharField(max_length=16, choices=Partnering.choices))
    capital_class = models.CharField(max_length=10, choices=InstrumentClass.choices, blank=True)
    instruments = ArrayField(models.CharField(max_length=12, choices=Instrument.choices))
    stage = models.CharField(max_length=40, blank=True)
    amount_eur = models.DecimalField(max_digits=20, decimal_places=2, null=True)
    amount_band = models.CharField(max_length=10, choices=[(name, name) for name in AMOUNT_BANDS], blank=True)
    share_eu = models.CharField(max_length=11, blank=True)
    share_eu_eea = models.CharField(max_length=11, blank=True)
    share_eu_eea_ua = models.CharField(max_length=11, blank=True)
    adaptation_days = models.FloatField(null=True)
    cadence_days = models.FloatField(null=True)
    feedback_days = models.FloatField(null=True)
    delivery_days = models.FloatField(null=True)
    words = SearchVectorField(db_default=Value("", output_field=SearchVectorField()))
    iteration_band = models.CharField(max_length=10, choices=[(name, name) for name in ITERATION_BANDS], blank=True)
    codes = models.BinaryField(editable=False, db_default=b"")

    objects = ListingQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(name="listing_kind", condition=Q(kind__in=ListingKind.values)),
            models.CheckConstraint(
                name="listing_of",
                condition=Q(kind=ListingKind.RAISE, raising=F("id"))
                | Q(kind=ListingKind.CAPABILITY, raising=None, capability=F("id")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["published_at", "id"], name="listing_newest"),
            models.Index(fields=["kind", "published_at", "id"], name="listing_newest_of_kind"),
            *(
                models.Index(
                    fields=[column, "id"], name=f"listing_{column}", condition=Q(**{f"{column}__isnull": False})
                )
                for column in ("amount_eur", "adaptation_days", "cadence_days", "feedback_days", "delivery_days")
            ),
            GinIndex(fields=["areas"], name="listing_areas"),
            GinIndex(fields=["words"], name="listing_words", fastupdate=False),
            models.Index(fields=["country", "trl"], name="listing_country"),
            models.Index(fields=["stage"], name="listing_stage"),
        ]

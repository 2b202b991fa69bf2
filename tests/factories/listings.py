"""Listings for tests, made as the product makes them."""

from typing import Any

from apps.startups.models import Capability, Listing, Raise
from apps.startups.services.listings import listings_refresh
from apps.startups.services.search import search_refresh
from tests.factories.startups import CapabilityFactory, RaiseFactory


def listed_capability(**values: Any) -> Listing:
    """The listing of a new published capability."""
    made: Capability = CapabilityFactory(**values)
    listings_refresh(capability_ids=[made.pk])
    search_refresh(capability_ids=[made.pk])
    return Listing.objects.get(pk=made.pk)


def listed_raise(**values: Any) -> Listing:
    """The listing of a new open raise with a lead of its own."""
    made: Raise = RaiseFactory(**{"min_ticket": None, **values})
    listings_refresh(firm_ids=[made.firm_id])
    search_refresh(firm_ids=[made.firm_id])
    return Listing.objects.get(pk=made.pk)

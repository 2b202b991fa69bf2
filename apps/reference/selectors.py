"""Reading the capability areas: by code, as a list, by their roots."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet

from apps.reference.models import CapabilityArea


def area_list() -> QuerySet[CapabilityArea]:
    """All areas with their parents at hand."""
    return CapabilityArea.objects.select_related("parent")


def area_find(*, code: str) -> CapabilityArea | None:
    """The area of this code, None if there is none that is in force."""
    return CapabilityArea.objects.filter(code=code, successors=[]).first()


def area_codes_unknown(*, codes: Collection[str]) -> set[str]:
    """Those of `codes` that no area in force has."""
    known = CapabilityArea.objects.filter(code__in=codes, successors=[])
    return set(codes) - set(known.values_list("code", flat=True))


def area_successors() -> dict[str, list[str]]:
    """The codes of all retired areas with those that took their places."""
    return dict(CapabilityArea.objects.exclude(successors=[]).values_list("code", "successors"))


def area_roots() -> dict[str, str]:
    """Every area's code and the code of the root above it, itself for a root; one query."""
    rows = list(CapabilityArea.objects.values_list("id", "code", "parent_id"))
    by_id = {identifier: (code, parent) for identifier, code, parent in rows}
    roots: dict[str, str] = {}
    for _, code, parent in rows:
        root = code
        while parent is not None:
            root, parent = by_id[parent]
        roots[code] = root
    return roots

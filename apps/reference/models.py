"""The capability areas in the database, so that firms, mandates and imports can point at them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kernel.ids import uuid7


class CapabilityArea(models.Model):
    """A node of the taxonomy. Figures (cycles, half-lives, priors) stay in the hashed reference file named by
    `edition`. An area that a later edition retired stays, with its `successors`: what was recorded under it stays
    readable, and nothing new is put there.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60, unique=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    label_en = models.CharField(max_length=120)
    label_uk = models.CharField(max_length=120, blank=True)
    edition = models.CharField(max_length=40, help_text="reference file that carries the figures, or the import")
    successors = ArrayField(
        models.CharField(max_length=60),
        default=list,
        db_default=[],
        help_text="of a retired area, the codes that took its place",
    )

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="area_code_form", condition=models.Q(code__regex=r"^[A-Z0-9_]+(\.[A-Z0-9_]+)*$")
            ),
            models.CheckConstraint(name="area_not_its_own_parent", condition=~models.Q(parent=models.F("id"))),
        ]

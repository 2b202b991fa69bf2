"""What a capability conforms to, is codified as and is evidenced by."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from apps.documents.models import Document
from apps.startups.models.capabilities import Capability
from apps.startups.states import CodificationScheme, EvidencePurpose, StandardBasis
from kernel.ids import uuid7
from kernel.models import status_check


class CapabilityStandard(models.Model):
    """A standard that the capability meets: `STANAG 4671`, with the part or level of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="standards")
    designation = models.CharField(max_length=80)
    part = models.CharField(max_length=40, blank=True, help_text="part or level")
    basis = models.CharField(max_length=9, choices=StandardBasis.choices, default=StandardBasis.CLAIMED)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["capability", "designation", "part"], name="capability_standard_once"),
            status_check("capability_standard_basis", StandardBasis, "basis"),
            models.CheckConstraint(
                name="capability_standard_certified",
                condition=~Q(basis=StandardBasis.CERTIFIED) | Q(document__isnull=False),
            ),
        ]


class CapabilityCodification(models.Model):
    """The number under which a state codified the capability: a NATO stock number or a Ukrainian act."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="codifications")
    scheme = models.CharField(max_length=6, choices=CodificationScheme.choices)
    number = models.CharField(max_length=60)
    issued_on = models.DateField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["capability", "scheme", "number"], name="capability_codification_once"),
            status_check("capability_codification_scheme", CodificationScheme, "scheme"),
            models.CheckConstraint(
                name="capability_codification_nsn",
                condition=~Q(scheme=CodificationScheme.NSN) | Q(number__regex=r"^[0-9]{4}-[0-9]{2}-[0-9]{3}-[0-9]{4}$"),
            ),
            models.CheckConstraint(
                name="capability_codification_confirmed",
                condition=Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, document__isnull=False),
            ),
        ]


class CapabilityDocument(models.Model):
    """A document of the firm that evidences the capability."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    capability = models.ForeignKey(Capability, on_delete=models.CASCADE, related_name="capability_documents")
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=14, choices=EvidencePurpose.choices)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["capability", "document"], name="capability_document_once"),
            status_check("capability_document_purpose", EvidencePurpose, "purpose"),
        ]

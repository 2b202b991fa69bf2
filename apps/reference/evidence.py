"""How well something is evidenced."""

from django.db import models


class EvidenceTier(models.TextChoices):
    E0 = "E0", "self-declared"
    E1 = "E1", "document with hash"
    E2 = "E2", "attested by a counterparty or unit"
    E3 = "E3", "signed by a state or registry"

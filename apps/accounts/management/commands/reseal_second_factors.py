"""Seals the secrets of second factors anew, so that an old SECRET_KEY may leave SECRET_KEY_FALLBACKS."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from apps.accounts.sealing import seal, unseal

SEALED = ("secret", "seed")


class Command(BaseCommand):
    help = "Seal the secrets of all second factors under the present SECRET_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        changed = 0
        for number in list(Authenticator.objects.exclude(type="webauthn").values_list("pk", flat=True)):
            with transaction.atomic():
                factor = Authenticator.objects.select_for_update().filter(pk=number).first()
                if factor is not None:
                    fresh = {key: seal(text=unseal(sealed=factor.data[key])) for key in SEALED if key in factor.data}
                    Authenticator.objects.filter(pk=number).update(data={**factor.data, **fresh})
                    changed += 1
        self.stdout.write(f"{changed} second factors sealed anew")

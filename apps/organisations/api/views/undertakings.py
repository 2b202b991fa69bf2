"""The platform's undertaking and one's own organisation's acceptance of it."""

from __future__ import annotations

import ipaddress
from dataclasses import asdict
from typing import Any

from django.utils.translation import get_language
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from apps.organisations import selectors, services
from apps.organisations.api.serializers import undertakings as serializers
from apps.organisations.undertakings import undertaking_text
from apps.permissions import Permission as P
from kernel.api.throttles import address_of
from kernel.api.views import ApiViewSet


class Undertakings(ApiViewSet):
    """The platform's confidentiality undertaking."""

    serializer_class = serializers.UndertakingOut
    inputs = {"accept": serializers.UndertakingIn}
    permissions = {"retrieve": P.UNDERTAKING_READ, "accept": P.UNDERTAKING_ACCEPT}
    step_up = {"accept"}
    problems = {
        "accept": (
            services.UndertakingNeedsPerson,
            services.UndertakingNeedsVerification,
            services.UndertakingNotInForce,
        )
    }

    def retrieve(self, _request: Request) -> Response:
        """Show the undertaking in force, in the caller's language, and whether one's organisation is bound."""
        return self.answer(self.shown())

    @action(detail=False, methods=["post"])
    def accept(self, request: Request) -> Response:
        """Bind one's organisation to the undertaking in force; again changes nothing."""
        services.undertaking_accept(actor=self.actor, address=_address(request), **self.validated())
        return self.answer(self.shown())

    def shown(self) -> dict[str, Any]:
        """The text, and the acceptance by the caller's organisation."""
        text = undertaking_text(language=(get_language() or "")[:2])
        acceptance = selectors.undertaking_acceptance(actor=self.actor)
        return {**asdict(text), "is_accepted": acceptance is not None, "acceptance": acceptance}


def _address(request: Request) -> str | None:
    """The caller's address, None where a proxy states none that is one."""
    try:
        return str(ipaddress.ip_address(address_of(request).partition("%")[0]))
    except ValueError:
        return None

"""What hangs on a capability."""

from __future__ import annotations

from apps.organisations.parents import parent_get
from apps.organisations.rules import own_require
from apps.startups import selectors
from apps.startups.models import Capability
from kernel.api.views import ApiView


class OfCapability(ApiView):
    """What hangs on one's own capability in the path."""

    def capability(self) -> Capability:
        """The capability in the path; another's is not found."""
        capability = parent_get(rows=selectors.capability_list(actor=self.actor), value=self.kwargs["id"])
        own_require(actor=self.actor, organisation_id=capability.firm.organisation_id)
        return capability

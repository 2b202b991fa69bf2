"""What changed on one's own list between two generations."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from apps.matching.api.owners import owner_asked, single
from apps.matching.api.serializers import comparisons as shapes
from apps.matching.models import MatchRun
from apps.matching.selectors import comparisons, runs
from apps.matching.states import Section
from apps.permissions import Permission as P
from kernel.api.problems import CursorInvalid, query_problem
from kernel.api.views import ApiViewSet

SEPARATOR = "~"


class MatchChanges(ApiViewSet):
    """What changed on one's own list since the generation before."""

    queryset = MatchRun.objects.all()
    serializer_class = shapes.ListChangeOut
    permissions = {"list": P.MATCH_READ}
    parameters = {"list": shapes.CHANGES_PARAMETERS}

    def list(self, request: Request) -> Response:
        """List who entered, left or moved on the list of one's mandate or raise, and by which features' points."""
        side, owner_id = owner_asked(request=request, actor=self.actor)
        section = single(request=request, name="section") or Section.RANKED
        if section not in Section.values:
            raise query_problem("section", _("One of: %(names)s.") % {"names": ", ".join(Section.values)})
        pages = self.sequence_pages(order=[side])
        earlier, later = self._runs(pages.pin)
        if earlier is None or later is None:
            return pages.answer([])
        found = comparisons.list_changes(
            earlier=earlier, later=later, side=side, owner_id=owner_id, section=section, actor=self.actor
        )
        window = pages.window(total=len(found), pin=f"{earlier.pk}{SEPARATOR}{later.pk}")
        context = self.output_context(self.selection)
        return pages.answer(shapes.ListChangeOut(found[window], many=True, context=context).data)

    def _runs(self, pin: str | None) -> tuple[MatchRun | None, MatchRun | None]:
        """The two runs that a cursor is pinned to, else the current one and the one before. Raises CursorInvalid when
        the lists of one are gone.
        """
        if pin is None:
            later = runs.run_current()
            return (None if later is None else comparisons.run_before(run=later)), later
        earlier, later = (runs.run_readable(run_id=UUID(part)) for part in pin.split(SEPARATOR))
        if earlier is None or later is None:
            raise CursorInvalid
        return earlier, later

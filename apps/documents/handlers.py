"""What documents do on facts: tell the compliance role what was refused."""

from __future__ import annotations

from typing import Any

from apps.documents import events
from apps.organisations import notices
from kernel.events import subscribe


@subscribe(events.UPLOAD_CLASSIFIED)
def tell_of_classified(event: Any) -> None:
    """Tell the organisation's compliance members that something marked as classified was refused and destroyed."""
    notices.classified_tell(organisation_id=event.organisation_id, upload_id=event.object_id, at=event.at)

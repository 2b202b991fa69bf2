"""Routes of the API: no trailing slash, the object's id as `{id}`, actions under their own name."""

from __future__ import annotations

from rest_framework.routers import SimpleRouter


class ApiRouter(SimpleRouter):
    """A router for ApiViewSets; ids are matched as text, so that a malformed one is a 404 after sign-in, not before."""

    def __init__(self) -> None:
        super().__init__(trailing_slash=False)

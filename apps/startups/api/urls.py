"""Addresses of the registry."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.startups.api import reveals
from apps.startups.api.views import capabilities, components, development, financials, firms, raises, teasers
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("teasers", teasers.Teasers, basename="teasers")
router.register("startups", firms.Startups, basename="startups")
router.register("capabilities", capabilities.Capabilities, basename="capabilities")
router.register("raises", raises.Raises, basename="raises")

FINANCIALS = financials.StartupFinancials.as_view({"get": "list", "post": "create"})
COMPONENTS = components.CapabilityComponents.as_view({"get": "list", "put": "update"})
EVENTS = development.CapabilityEvents.as_view({"get": "list", "post": "create"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("startups/<str:id>/financials", FINANCIALS, name="startups-financials"),
    path("capabilities/<str:id>/components", COMPONENTS, name="capabilities-components"),
    path("capabilities/<str:id>/events", EVENTS, name="capabilities-events"),
    path("startups/<str:id>/reveal", reveals.Reveals.as_view({"post": "reveal"}), name="startups-reveal"),
    *router.urls,
]

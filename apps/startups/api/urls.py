"""Addresses of the registry."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.startups.api import reveals, views

FINANCIALS = views.StartupFinancials.as_view({"get": "list", "post": "create"})
COMPONENTS = views.CapabilityComponents.as_view({"get": "list", "put": "update"})
EVENTS = views.CapabilityEvents.as_view({"get": "list", "post": "create"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("startups/<str:id>/financials", FINANCIALS, name="startups-financials"),
    path("capabilities/<str:id>/components", COMPONENTS, name="capabilities-components"),
    path("capabilities/<str:id>/events", EVENTS, name="capabilities-events"),
    path("startups/<str:id>/reveal", reveals.Reveals.as_view({"post": "reveal"}), name="startups-reveal"),
    *views.router.urls,
]

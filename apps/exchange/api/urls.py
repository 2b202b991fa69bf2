"""Addresses of imports."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.exchange.api import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/<str:id>/problems", views.ImportProblems.as_view({"get": "list"}), name="imports-problems"),
    *views.router.urls,
]

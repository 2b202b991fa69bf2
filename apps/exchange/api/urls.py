"""Addresses of imports and exports."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.exchange.api import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("imports/<str:id>/problems", views.ImportProblems.as_view({"get": "list"}), name="imports-problems"),
    path("exports/<str:id>/content", views.ExportContent.as_view({"get": "download"}), name="exports-content"),
    *views.router.urls,
]

"""Addresses of the caller, organisations, members and keys."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.organisations.api import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", views.Me.as_view(), name="me"),
    path("organisations/<str:id>/members", views.Members.as_view({"get": "list"}), name="organisations-members"),
    *views.router.urls,
]

"""Addresses of the audit trail."""

from django.urls.resolvers import URLPattern, URLResolver

from apps.audit.api import views

urlpatterns: list[URLPattern | URLResolver] = [*views.router.urls]

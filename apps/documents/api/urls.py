"""Addresses of documents and uploads."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.documents.api import content, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("uploads/<str:id>/chunks/<str:offset>", views.UploadChunks.as_view({"put": "update"}), name="uploads-chunks"),
    path("documents/<str:id>/versions", views.DocumentVersions.as_view({"get": "list"}), name="documents-versions"),
    path("documents/<str:id>/content", content.Content.as_view({"get": "download"}), name="documents-content"),
    *views.router.urls,
]

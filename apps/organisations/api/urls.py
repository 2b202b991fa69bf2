"""Addresses of the caller, organisations, members and keys."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.organisations.api.views import (
    callers,
    darkness,
    emergencies,
    grants,
    invitations,
    keys,
    members,
    merging,
    organisations,
    registrations,
    undertakings,
)
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("organisations", organisations.Organisations, basename="organisations")
router.register("registrations", registrations.Registrations, basename="registrations")
router.register("registration-clashes", registrations.RegistrationClashes, basename="registration-clashes")
router.register("api-keys", keys.ApiKeys, basename="api-keys")
router.register("disclosure-grants", grants.Grants, basename="disclosure-grants")
router.register("break-glass", emergencies.BreakGlasses, basename="break-glass")

urlpatterns: list[URLPattern | URLResolver] = [
    path("me", callers.Me.as_view(), name="me"),
    path("me/personal-data", callers.PersonalData.as_view(), name="me-personal-data"),
    path("me/erase", callers.Erasure.as_view(), name="me-erase"),
    path("organisations/<str:id>/members", members.Members.as_view({"get": "list"}), name="organisations-members"),
    path(
        "organisations/<str:id>/members/<str:member>",
        members.Members.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="organisations-member",
    ),
    path("organisations/<str:id>/leave", members.Leaving.as_view({"post": "leave"}), name="organisations-leave"),
    path(
        "organisations/<str:id>/invitations",
        invitations.Invitations.as_view({"get": "list", "post": "create"}),
        name="organisations-invitations",
    ),
    path(
        "organisations/<str:id>/invitations/<str:invitation>/revoke",
        invitations.Invitations.as_view({"post": "revoke"}),
        name="organisations-invitation-revoke",
    ),
    path("invitations/accept", invitations.Acceptances.as_view({"post": "accept"}), name="invitations-accept"),
    path(
        "organisations/<str:id>/go-dark", darkness.Darkness.as_view({"post": "go_dark"}), name="organisations-go-dark"
    ),
    path(
        "organisations/<str:id>/return", darkness.Darkness.as_view({"post": "come_back"}), name="organisations-return"
    ),
    path("organisations/<str:id>/merge", merging.Merges.as_view({"post": "merge"}), name="organisations-merge"),
    path("undertaking", undertakings.Undertakings.as_view({"get": "retrieve"}), name="undertaking"),
    path("undertaking/accept", undertakings.Undertakings.as_view({"post": "accept"}), name="undertaking-accept"),
    *router.urls,
]

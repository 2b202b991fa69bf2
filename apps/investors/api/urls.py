"""Addresses of funds, levers and mandates."""

from django.urls import path
from django.urls.resolvers import URLPattern, URLResolver

from apps.investors.api.views import funds, levers, mandates
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("investor-teasers", funds.InvestorTeasers, basename="investor-teasers")
router.register("investors", funds.Investors, basename="investors")
router.register("levers", levers.Levers, basename="levers")
router.register("mandates", mandates.Mandates, basename="mandates")

VERSIONS = mandates.MandateVersions.as_view({"get": "list"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("mandates/<str:id>/versions", VERSIONS, name="mandates-versions"),
    *router.urls,
]

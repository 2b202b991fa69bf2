"""Addresses of funds, levers and mandates."""

from apps.investors.api.views import router

urlpatterns = router.urls

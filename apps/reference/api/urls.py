"""Addresses of the capability areas."""

from apps.reference.api.views import router

urlpatterns = router.urls

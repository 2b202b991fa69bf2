"""Addresses of the kernel's own resources."""

from kernel.api.jobs import Jobs
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("jobs", Jobs, basename="jobs")

urlpatterns = router.urls

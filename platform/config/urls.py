"""Where each address leads."""

from collections.abc import Iterator

from allauth.headless.spec.views import OpenAPIHTMLView
from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.apps import apps
from django.urls import URLResolver, include, path
from django.utils.module_loading import module_has_submodule
from drf_spectacular.views import SpectacularAPIView, SpectacularRedocView, SpectacularSwaggerSplitView

from kernel.api import operations

handler400 = "kernel.api.handler.bad_request"
handler403 = "kernel.api.handler.permission_denied"
handler404 = "kernel.api.handler.page_not_found"
handler500 = "kernel.api.handler.server_error"


def api_urls() -> Iterator[URLResolver]:
    """The REST interface of every app that has one."""
    for config in apps.get_app_configs():
        api = f"{config.name}.api"
        if module_has_submodule(config.module, "api") and module_has_submodule(
            __import__(api, fromlist=["api"]), "urls"
        ):
            yield path("", include(f"{api}.urls"))


reads_styles = csp_replace({"style-src": [SELF, UNSAFE_INLINE], "worker-src": [SELF, "blob:"]})
"""The readers of the interface descriptions write their own styles; ReDoc searches in a worker made from a blob."""

urlpatterns = [
    path("api/v1/", include(list(api_urls()))),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path(
        "api/docs/",
        reads_styles(SpectacularSwaggerSplitView.as_view(template_name="kernel/swagger_ui.html")),
        name="docs",
    ),
    path("api/redoc/", reads_styles(SpectacularRedocView.as_view(template_name="kernel/redoc.html")), name="redoc"),
    path("_allauth/openapi.html", reads_styles(OpenAPIHTMLView.as_view()), name="sign-in-docs"),
    path("_allauth/", include("apps.accounts.urls")),
    path("", include("apps.portal.urls")),
    path("livez", operations.livez, name="livez"),
    path("readyz", operations.readyz, name="readyz"),
    path("", include("django_prometheus.urls")),
]

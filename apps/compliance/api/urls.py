"""Routes of compliance."""

from django.urls import URLPattern, URLResolver, path

from apps.compliance.api.views import cases, ownership, permits, screening, watch_lists
from apps.compliance.metrics import metrics_register
from kernel.api.routers import ApiRouter

metrics_register()  # only who serves requests is scraped

router = ApiRouter()
router.register("watch-lists", watch_lists.WatchLists, basename="watch-lists")
router.register("list-versions", watch_lists.ListVersions, basename="list-versions")
router.register("screenings", screening.Screenings, basename="screenings")
router.register("screening-hits", screening.ScreeningHits, basename="screening-hits")

LIST_VERSIONS = watch_lists.WatchListVersions.as_view({"get": "list", "post": "create"})
LIST_ENTRIES = watch_lists.WatchListEntries.as_view({"get": "list"})
router.register("verification-cases", cases.VerificationCases, basename="verification-cases")
router.register("declared-interests", cases.DeclaredInterests, basename="declared-interests")
router.register("permits", permits.Permits, basename="permits")

OWNERSHIP = "organisations/<str:id>/ownership"

urlpatterns: list[URLPattern | URLResolver] = [
    path(OWNERSHIP, ownership.Statements.as_view({"get": "list", "post": "create"}), name="organisations-ownership"),
    path(
        f"{OWNERSHIP}/figures", ownership.Figures.as_view({"get": "retrieve"}), name="organisations-ownership-figures"
    ),
    path(
        f"{OWNERSHIP}/bods",
        ownership.Bods.as_view({"get": "list", "post": "create"}),
        name="organisations-ownership-bods",
    ),
    path(f"{OWNERSHIP}/group", ownership.Statements.as_view({"post": "group"}), name="organisations-ownership-group"),
    path(
        f"{OWNERSHIP}/<str:statement>/correct",
        ownership.Statements.as_view({"post": "correct"}),
        name="organisations-ownership-correct",
    ),
    path(
        f"{OWNERSHIP}/<str:statement>/end",
        ownership.Statements.as_view({"post": "end"}),
        name="organisations-ownership-end",
    ),
    path("watch-lists/<str:id>/versions", LIST_VERSIONS, name="watch-lists-versions"),
    path("watch-lists/<str:id>/entries", LIST_ENTRIES, name="watch-lists-entries"),
    path(
        "organisations/<str:id>/verification",
        cases.Verifications.as_view({"get": "retrieve", "post": "create"}),
        name="organisations-verification",
    ),
    path(
        "organisations/<str:id>/verification/items",
        cases.Verifications.as_view({"post": "provide"}),
        name="organisations-verification-items",
    ),
    path(
        "organisations/<str:id>/verification/submit",
        cases.Verifications.as_view({"post": "submit"}),
        name="organisations-verification-submit",
    ),
    path(
        "organisations/<str:id>/verification/answers",
        cases.Verifications.as_view({"post": "reply"}),
        name="organisations-verification-answers",
    ),
    path(
        "organisations/<str:id>/suspend", cases.Suspensions.as_view({"post": "suspend"}), name="organisations-suspend"
    ),
    *router.urls,
]

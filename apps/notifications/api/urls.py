"""Addresses of the inbox, preferences and the way out of mails."""

from django.urls import URLPattern, URLResolver, path

from apps.notifications.api import views
from kernel.api.routers import ApiRouter

router = ApiRouter()
router.register("notifications", views.Notifications, basename="notifications")
router.register("notification-preferences", views.NotificationPreferences, basename="notification-preferences")
router.register("unsubscribes", views.Unsubscribes, basename="unsubscribes")

ONE_CLICK = views.OneClickUnsubscribes.as_view({"post": "one_click"})

urlpatterns: list[URLPattern | URLResolver] = [
    path("unsubscribes/<str:id>", ONE_CLICK, name="unsubscribes-one-click"),
    *router.urls,
]

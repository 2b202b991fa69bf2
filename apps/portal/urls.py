"""Addresses of the pages."""

from django.urls import path

from apps.portal import pages

urlpatterns = [
    path("attest", pages.attest, name="attest"),
    path("attest/withdraw", pages.attest_withdraw, name="attest-withdraw"),
    path("unsubscribe", pages.unsubscribe, name="unsubscribe"),
]

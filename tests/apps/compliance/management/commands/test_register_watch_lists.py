"""Making the expected watch-lists known from the console."""

import io

import pytest
from django.core.management import call_command

from apps.compliance.models import WatchList

pytestmark = pytest.mark.django_db


class TestRegisterWatchLists:
    def test_may_run_again(self):
        for _ in range(2):
            call_command("register_watch_lists", stdout=io.StringIO())

        assert WatchList.objects.count() == 6

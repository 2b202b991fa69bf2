"""Loading a watch-list from the console."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.compliance.models import ListEntry, ListVersion
from tests.factories.watch_lists import SAMPLES

pytestmark = pytest.mark.django_db


def run(code, path, **options) -> tuple[str, str]:
    out, err = io.StringIO(), io.StringIO()
    call_command("load_watch_list", code, path, stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


class TestLoadWatchList:
    def test_brings_a_file_into_force(self):
        out, _ = run("ua", SAMPLES / "ua.json")

        assert "25 new" in out
        assert ListEntry.objects.in_force().filter(names__0="Вікентій Бурзолович Залютвор", countries=["RU"]).exists()

    def test_a_second_time_does_nothing(self):
        run("ua", SAMPLES / "ua.json")

        assert "known" in run("ua", SAMPLES / "ua.json")[0]
        assert ListVersion.objects.count() == 1

    def test_says_why_a_file_is_refused(self, tmp_path):
        broken = tmp_path / "ua.json"
        broken.write_text("[{}]")

        with pytest.raises(SystemExit):
            run("ua", broken)

        assert ListVersion.objects.get().status == "refused"

    def test_names_the_lists_there_are(self):
        with pytest.raises(CommandError, match="opensanctions"):
            run("moon", SAMPLES / "ua.json")

    def test_says_that_a_file_cannot_be_read(self, tmp_path):
        with pytest.raises(CommandError, match="cannot be read"):
            run("ua", tmp_path / "absent.json")

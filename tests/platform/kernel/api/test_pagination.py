"""Pages: every row once, whatever comes and goes; cursors of elsewhere refused."""

from __future__ import annotations

import datetime as dt
import itertools
import random
import uuid
from typing import Any

import pytest
from django.test import override_settings

from kernel.access import Actor
from kernel.models import Job
from tests.platform.kernel.api.conftest import SampleClient
from tests.platform.kernel.api.sample import Numbers, job_make

JOBS = "/api/v1/jobs"
NUMBERS = "/api/v1/numbers"
pytestmark = pytest.mark.django_db


def ids(response: Any) -> list[str]:
    return [row["id"] for row in response.json()["results"]]


def walk(client: SampleClient, first: Any, direction: str = "next") -> list[list[str]]:
    """The pages from `first` on."""
    pages, response = [ids(first)], first
    while link := response.json()[direction]:
        response = client.get(link)
        assert response.status_code == 200, response.content
        pages.append(ids(response))
        assert len(pages) < 50
    return pages


@pytest.fixture
def jobs(organisation_id: uuid.UUID) -> list[Job]:
    """Eleven jobs with ties and empty values in every order."""
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    dice = random.Random(7)
    return [
        job_make(
            organisation_id,
            kind=dice.choice(["a", "bb", "ccc"]),
            created_at=start + dt.timedelta(seconds=dice.randrange(4), microseconds=1),
            started_at=dice.choice([None, start, start + dt.timedelta(days=1)]),
        )
        for _ in range(11)
    ]


class TestCursorPages:
    @pytest.mark.parametrize("size", [1, 3, 11])
    @pytest.mark.parametrize(
        "ordering",
        ["created_at", "-created_at", "started_at", "-started_at", "kind,-started_at", "-length,created_at", "id"],
    )
    def test_shows_every_row_once_forwards_and_backwards(self, client, jobs, ordering, size):
        whole = ids(client.get(JOBS, {"ordering": ordering}))

        first = client.get(JOBS, {"ordering": ordering, "page_size": size})
        forwards = walk(client, first)
        last = first
        while last.json()["next"]:
            last = client.get(last.json()["next"])
        backwards = walk(client, last, "previous")

        assert list(itertools.chain(*forwards)) == whole
        assert sorted(whole) == sorted(str(job.pk) for job in jobs)
        assert list(itertools.chain(*reversed(backwards))) == whole

    @pytest.mark.parametrize("ordering", ["started_at", "-started_at"])
    def test_puts_empty_values_last(self, client, jobs, ordering):
        values = [row["started_at"] for row in client.get(JOBS, {"ordering": ordering}).json()["results"]]

        known = [value for value in values if value]
        assert values == known + [None] * (len(values) - len(known))
        assert known == sorted(known, reverse=ordering.startswith("-"))

    def test_skips_and_repeats_nothing_when_rows_come_and_go(self, client, organisation_id, jobs):
        order = ids(client.get(JOBS, {"ordering": "created_at"}))
        first = client.get(JOBS, {"ordering": "created_at", "page_size": 4})

        Job.objects.filter(pk__in=order[:4]).delete()
        job_make(organisation_id, created_at=dt.datetime(2025, 1, 1, tzinfo=dt.UTC))
        second = client.get(first.json()["next"])

        assert ids(second) == order[4:8]

    def test_finds_the_way_back_from_behind_the_end(self, client, jobs):
        order = ids(client.get(JOBS, {"ordering": "created_at"}))
        first = client.get(JOBS, {"ordering": "created_at", "page_size": 4})
        Job.objects.filter(pk__in=order[4:]).delete()

        beyond = client.get(first.json()["next"])
        back = client.get(beyond.json()["previous"])

        assert ids(beyond) == []
        assert beyond.json()["next"] is None
        assert ids(back) == order[:4]

    def test_finds_the_way_on_from_before_the_beginning(self, client, jobs):
        order = ids(client.get(JOBS, {"ordering": "created_at"}))
        first = client.get(JOBS, {"ordering": "created_at", "page_size": 4})
        second = client.get(first.json()["next"])
        Job.objects.filter(pk__in=order[:4]).delete()

        before = client.get(second.json()["previous"])

        assert ids(before) == []
        assert before.json()["previous"] is None
        assert ids(client.get(before.json()["next"])) == order[4:8]

    def test_links_nowhere_from_the_only_page(self, client, jobs):
        body = client.get(JOBS).json()

        assert (body["next"], body["previous"]) == (None, None)
        assert "count" not in body

    def test_counts_the_visible_rows_when_asked(self, client, jobs):
        job_make(uuid.uuid4())

        assert client.get(JOBS, {"with_count": "true", "page_size": 2}).json()["count"] == 11
        assert client.get(JOBS, {"with_count": "maybe"}).status_code == 400

    def test_needs_one_query_for_a_page_and_one_for_the_count(self, client, jobs, django_assert_num_queries):
        with django_assert_num_queries(1):
            first = client.get(JOBS, {"page_size": 3})
        with django_assert_num_queries(2):
            client.get(first.json()["next"], {"with_count": "true"})

    @pytest.mark.parametrize("size", ["0", "201", "-1", "ten", "1e2", "9" * 400, "٣", ""])
    def test_refuses_a_page_size_out_of_range(self, client, size):
        assert client.get(JOBS, {"page_size": size}).status_code == 400

    def test_keeps_the_cursor_good_for_another_page_size(self, client, jobs):
        first = client.get(JOBS, {"page_size": 3})

        rest = client.get(first.json()["next"].replace("page_size=3", "page_size=100"))

        assert len(ids(rest)) == 8


class TestCursor:
    @pytest.mark.parametrize("cursor", ["", "x", "AAAA", "A" * 200, "ї" * 20, "9" * 5000, "eyJyb3ciOltdfQ"])
    def test_refuses_a_forged_one(self, client, jobs, cursor):
        response = client.get(JOBS, {"cursor": cursor})

        assert response.status_code == 400
        assert response.json()["code"] == "cursor_invalid"

    def test_refuses_a_changed_one(self, client, jobs):
        cursor = self._cursor(client, {"page_size": 2})

        for position in range(0, len(cursor) - 1, 9):
            other = cursor[:position] + ("A" if cursor[position] != "A" else "B") + cursor[position + 1 :]
            assert client.get(JOBS, {"cursor": other}).status_code == 400

    @pytest.mark.parametrize("other", [{"ordering": "kind"}, {"kind": "a"}, {"status": "queued"}])
    def test_refuses_one_of_another_order_or_filter(self, client, jobs, other):
        cursor = self._cursor(client, {"page_size": 2})

        assert client.get(JOBS, {"cursor": cursor, **other}).status_code == 400

    def test_refuses_one_of_another_list(self, client, jobs):
        cursor = self._cursor(client, {"page_size": 2})

        assert client.get(NUMBERS, {"cursor": cursor}).status_code == 400

    def test_refuses_one_of_another_caller(self, client, organisation_id, jobs):
        cursor = self._cursor(client, {"page_size": 2})
        other = Actor(user_id=uuid.uuid4(), organisation_id=organisation_id, permissions=frozenset({"sample.job.use"}))

        assert SampleClient(other).get(JOBS, {"cursor": cursor}).status_code == 400

    def test_refuses_two(self, client, jobs):
        cursor = self._cursor(client, {"page_size": 2})

        assert client.get(f"{JOBS}?cursor={cursor}&cursor={cursor}").status_code == 400

    def test_is_equal_for_equal_lists(self, client, jobs):
        assert self._cursor(client, {"page_size": 2}) == self._cursor(client, {"page_size": 2})

    def test_outlives_a_change_of_the_secret_while_the_old_one_is_kept(self, client, jobs):
        cursor = self._cursor(client, {"page_size": 2})

        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["tests-only"]):
            assert client.get(JOBS, {"cursor": cursor}).status_code == 200
        with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
            assert client.get(JOBS, {"cursor": cursor}).status_code == 400

    def _cursor(self, client: SampleClient, query: dict[str, Any]) -> str:
        link = client.get(JOBS, query).json()["next"]
        return str(link.partition("cursor=")[2].partition("&")[0])


class TestSequencePages:
    def test_walks_the_array_both_ways(self, client):
        first = client.get(NUMBERS, {"page_size": 2, "with_count": "true"}).json()
        second = client.get(first["next"]).json()
        third = client.get(second["next"]).json()

        assert [page["results"] for page in (first, second, third)] == [[0, 1], [2, 3], [4]]
        assert (first["count"], first["previous"], third["next"]) == (5, None, None)
        assert client.get(third["previous"]).json()["results"] == [2, 3]

    def test_refuses_a_cursor_of_another_version(self, client, monkeypatch):
        link = client.get(NUMBERS, {"page_size": 2}).json()["next"]
        monkeypatch.setattr(Numbers, "version", "b")

        assert client.get(link).status_code == 400

    def test_shows_an_empty_page_behind_a_shorter_array(self, client, monkeypatch):
        link = client.get(NUMBERS, {"page_size": 4}).json()["next"]
        monkeypatch.setattr(Numbers, "total", 3)

        page = client.get(link).json()

        assert (page["results"], page["next"]) == ([], None)
        assert client.get(page["previous"]).json()["results"] == [0, 1, 2]

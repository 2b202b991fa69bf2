"""Noting whom a change concerns."""

import pytest

from apps.matching.models import Touched
from apps.matching.services import touching
from kernel.clock import database_now
from kernel.ids import uuid7
from kernel.sweeping import sweep
from tests.factories.matching import mandate_made, raise_made, run_drained

pytestmark = pytest.mark.django_db


class TestOrganisationsTouch:
    def test_notes_each_once(self):
        first, second = uuid7(), uuid7()

        touching.organisations_touch(organisation_ids=[first, second, first])
        touching.organisations_touch(organisation_ids=[second])

        assert Touched.objects.count() == 2

    def test_another_touch_is_another_one(self):
        organisation = uuid7()
        touching.organisations_touch(organisation_ids=[organisation])
        before = Touched.objects.get()

        touching.organisations_touch(organisation_ids=[organisation])

        after = Touched.objects.get()
        assert after.token != before.token
        assert after.touched_at > before.touched_at

    def test_what_waits_has_waited_since_the_first(self):
        organisation = uuid7()
        touching.organisations_touch(organisation_ids=[organisation])
        first = Touched.objects.get()

        touching.organisations_touch(organisation_ids=[organisation])

        assert Touched.objects.get().since == first.since

    def test_what_was_applied_waits_anew(self):
        organisation = uuid7()
        touching.organisations_touch(organisation_ids=[organisation])
        first = Touched.objects.get()
        Touched.objects.update(applied_token=first.token)

        touching.organisations_touch(organisation_ids=[organisation])

        assert Touched.objects.get().since > first.since

    def test_a_touch_never_steps_back(self):
        organisation = uuid7()
        touching.organisations_touch(organisation_ids=[organisation])
        later = database_now().replace(year=2090)
        Touched.objects.update(touched_at=later)

        touching.organisations_touch(organisation_ids=[organisation])

        assert Touched.objects.get().touched_at == later

    def test_wakes_whoever_refreshes_after_the_commit(self, monkeypatch, django_capture_on_commit_callbacks):
        sent = []
        monkeypatch.setattr(touching, "send", lambda task, queue: sent.append((task, queue)))

        with django_capture_on_commit_callbacks(execute=True):
            touching.organisations_touch(organisation_ids=[uuid7()])
            assert sent == []

        assert sent == [("matching.refresh", "freshness")]

    def test_nobody_is_nobody(self, django_assert_num_queries):
        with django_assert_num_queries(2):  # a savepoint and its end
            touching.organisations_touch(organisation_ids=[None])

        assert not Touched.objects.exists()


class TestRefreshRemind:
    @pytest.fixture
    def sent(self, monkeypatch):
        found = []
        monkeypatch.setattr(touching, "send", lambda task, queue: found.append(queue))
        return found

    def test_every_sweep_wakes_whoever_refreshes_while_something_waits(self, sent):
        mandate_made()
        item = raise_made()
        touching.organisations_touch(organisation_ids=[item.firm.organisation_id])
        sweep()
        run_drained()
        sweep()
        assert sent == []
        touching.organisations_touch(organisation_ids=[item.firm.organisation_id])

        sweep()

        assert sent == ["freshness"]

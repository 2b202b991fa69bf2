"""State machines as data."""

import pytest

from apps.permissions import Permission
from apps.startups.states import RAISE, RaiseStatus
from kernel.access import Actor
from kernel.models import Event
from kernel.states import Machine, NotNow, NotPermitted, Transition
from tests.factories.startups import RaiseFactory

OWNER = Actor(permissions=frozenset({Permission.RAISE_OPEN, Permission.RAISE_CLOSE}))


class TestMachine:
    def test_refuses_an_unknown_status(self):
        with pytest.raises(ValueError, match="unknown status"):
            Machine("raise", RaiseStatus, "draft", (Transition("go", frozenset({"draft"}), "gone", None, "a.b.c"),))

    def test_draws_itself(self):
        assert "draft --> open: open (startups.raise.open)" in RAISE.mermaid()


@pytest.mark.django_db
class TestFire:
    def test_moves_and_tells(self):
        item = RaiseFactory(status=RaiseStatus.DRAFT)

        RAISE.fire("open", instance=item, actor=OWNER)

        item.refresh_from_db()
        assert item.status == RaiseStatus.OPEN
        event = Event.objects.get(object_id=item.pk)
        assert (event.name, event.data) == ("startups.raise.opened", {"from": "draft", "to": "open"})

    def test_refuses_the_wrong_role(self):
        item = RaiseFactory(status=RaiseStatus.DRAFT)

        with pytest.raises(NotPermitted):
            RAISE.fire("open", instance=item, actor=Actor())

        item.refresh_from_db()
        assert item.status == RaiseStatus.DRAFT

    def test_refuses_the_wrong_status_of_a_stale_instance(self):
        item = RaiseFactory(status=RaiseStatus.DRAFT)
        stale = type(item).objects.get(pk=item.pk)
        RAISE.fire("open", instance=item, actor=OWNER)

        with pytest.raises(NotNow):
            RAISE.fire("open", instance=stale, actor=OWNER)

    def test_a_guard_says_why_not(self):
        guarded = Machine(
            "raise",
            RaiseStatus,
            "draft",
            (
                Transition(
                    "open",
                    frozenset({"draft"}),
                    "open",
                    Permission.RAISE_OPEN,
                    "startups.raise.opened",
                    (lambda item, actor: "No capability is published.",),
                ),
            ),
        )
        item = RaiseFactory(status=RaiseStatus.DRAFT)

        with pytest.raises(NotNow, match="No capability is published"):
            guarded.fire("open", instance=item, actor=OWNER)

        assert guarded.available(item, OWNER) == []

    def test_offers_what_is_possible_now(self):
        item = RaiseFactory(status=RaiseStatus.OPEN)

        assert RAISE.available(item, OWNER) == ["close", "withdraw"]


@pytest.mark.django_db
class TestRequire:
    def test_raises_what_firing_would_and_changes_nothing(self):
        item = RaiseFactory(status=RaiseStatus.OPEN)

        with pytest.raises(NotPermitted):
            RAISE.require("open", instance=item, actor=Actor())
        with pytest.raises(NotNow):
            RAISE.require("open", instance=item, actor=OWNER)
        RAISE.require("close", instance=item, actor=OWNER)

        item.refresh_from_db()
        assert item.status == RaiseStatus.OPEN


@pytest.mark.django_db
class TestFireMany:
    def test_moves_all_and_tells_of_each(self, django_assert_max_num_queries):
        items = [RaiseFactory(status=RaiseStatus.DRAFT) for _ in range(12)]
        other = RaiseFactory(status=RaiseStatus.DRAFT)
        rows = type(other).objects.exclude(pk=other.pk)

        with django_assert_max_num_queries(6):
            count = RAISE.fire_many("open", rows=rows, actor=OWNER, data={"by": "hand"})

        other.refresh_from_db()
        assert (count, other.status) == (12, RaiseStatus.DRAFT)
        for item in items:
            version = item.version
            item.refresh_from_db()
            assert (item.status, item.version) == (RaiseStatus.OPEN, version + 1)
        events = Event.objects.filter(object_id__in=[item.pk for item in items])
        assert [event.name for event in events] == ["startups.raise.opened"] * 12
        assert [event.data for event in events] == [{"from": "draft", "to": "open", "by": "hand"}] * 12

    def test_moves_none_where_one_may_not(self):
        items = [RaiseFactory(status=RaiseStatus.DRAFT), RaiseFactory(status=RaiseStatus.OPEN)]

        with pytest.raises(NotNow):
            RAISE.fire_many("open", rows=type(items[0]).objects.all(), actor=OWNER)

        items[0].refresh_from_db()
        assert items[0].status == RaiseStatus.DRAFT
        assert not Event.objects.filter(name="startups.raise.opened").exists()

    def test_refuses_the_wrong_role(self):
        item = RaiseFactory(status=RaiseStatus.DRAFT)

        with pytest.raises(NotPermitted):
            RAISE.fire_many("open", rows=type(item).objects.all(), actor=Actor())

    def test_nothing_is_nothing(self):
        assert RAISE.fire_many("open", rows=RaiseFactory._meta.model.objects.none(), actor=OWNER) == 0

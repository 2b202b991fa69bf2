"""The life of an import."""

import pytest

from apps.exchange.models import Import
from apps.exchange.states import IMPORT, ImportStatus
from apps.permissions import Permission
from kernel.access import Actor
from kernel.models import Event
from kernel.states import NotNow, NotPermitted

CLERK = Actor(permissions=frozenset({Permission.IMPORT_CONFIRM}))


@pytest.fixture
def item(db) -> Import:
    return Import.objects.create(file_name="a.csv", sha256="0" * 64)


class TestImportMachine:
    def test_the_straight_way_ends_loaded(self, item):
        for name in ("pass_check", "confirm", "finish"):
            IMPORT.fire(name, instance=item, actor=Actor.system())

        assert Import.objects.get().status == ImportStatus.LOADED
        assert Event.objects.filter(object_id=item.pk).count() == 3

    @pytest.mark.parametrize("name", ["confirm", "finish"])
    def test_an_unchecked_import_is_neither_confirmed_nor_loaded(self, item, name):
        with pytest.raises(NotNow):
            IMPORT.fire(name, instance=item, actor=Actor.system())

    def test_what_is_rejected_stays_rejected(self, item):
        IMPORT.fire("reject", instance=item, actor=Actor.system())

        for name in ("pass_check", "confirm", "fail"):
            with pytest.raises(NotNow):
                IMPORT.fire(name, instance=item, actor=Actor.system())

    def test_only_the_system_reports_a_check(self, item):
        with pytest.raises(NotPermitted):
            IMPORT.fire("pass_check", instance=item, actor=CLERK)

    def test_whoever_may_confirm_is_offered_it_once_checked(self, item):
        before = IMPORT.available(item, CLERK)
        IMPORT.fire("pass_check", instance=item, actor=Actor.system())

        assert (before, IMPORT.available(item, CLERK)) == ([], ["confirm"])
        assert IMPORT.available(item, Actor()) == []

"""Walks a state machine: what every machine's test asks of it."""

from __future__ import annotations

from django.db import models

from kernel.access import Actor
from kernel.models import Event
from kernel.states import Machine, NotNow

SYSTEM = Actor.system()


def reachable(machine: Machine) -> set[str]:
    """The statuses that an object can come to."""
    found, todo = {str(machine.initial)}, [str(machine.initial)]
    while todo:
        status = todo.pop()
        for arrow in machine.transitions:
            if status in arrow.sources and arrow.target not in found:
                found.add(str(arrow.target))
                todo.append(str(arrow.target))
    return found


def check_every_arrow(machine: Machine, instance: models.Model) -> None:
    """Fire every arrow from every status: the legal ones move and tell, the others are refused and change nothing."""
    rows = type(instance)._default_manager.filter(pk=instance.pk)
    for status in machine.statuses:
        for arrow in machine.transitions:
            rows.update(status=status.value)
            told = Event.objects.filter(object_id=instance.pk, name=arrow.event).count()
            try:
                machine.fire(arrow.name, instance=instance, actor=SYSTEM)
                has_moved = True
            except NotNow:
                has_moved = False
            instance.refresh_from_db()
            told_now = Event.objects.filter(object_id=instance.pk, name=arrow.event).count()
            is_legal = status.value in arrow.sources
            assert has_moved == is_legal, f"{arrow.name} from {status.value}"
            assert instance.status == (arrow.target if is_legal else status.value)
            assert told_now - told == int(is_legal)

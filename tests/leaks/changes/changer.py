"""The second world of one viewer, made of the first."""

from __future__ import annotations

import random

from django.db import models

from kernel.access import Actor
from tests.leaks.changes.fields import FieldChanges
from tests.leaks.changes.rows import RowChanges, listed_anew
from tests.leaks.rules import Sight
from tests.leaks.world import World


class Changer:
    """Changes a world for one viewer: every hidden value different, hidden rows more and fewer."""

    def __init__(self, world: World, actor: Actor | None, *, seed: int, is_matched_anew: bool) -> None:
        self.sight = Sight(world, actor)
        chance = random.Random(seed)
        self.fields = FieldChanges(sight=self.sight, chance=chance, is_matched_anew=is_matched_anew)
        self.rows = RowChanges(world=world, sight=self.sight, chance=chance, is_matched_anew=is_matched_anew)

    @property
    def changed(self) -> set[tuple[type[models.Model], str]]:
        """The fields that have another value in some row."""
        return self.fields.changed

    @property
    def added(self) -> set[type[models.Model]]:
        """The models of which there are more rows."""
        return self.rows.added

    def change(self) -> None:
        """All of it."""
        self.fields.vary_fields()
        self.fields.vary_people()
        self.rows.add_rows()
        self.rows.take_rows()
        listed_anew()

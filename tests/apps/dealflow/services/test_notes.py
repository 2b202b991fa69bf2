"""Notes on a watch-list."""

from __future__ import annotations

import pytest

from apps.dealflow.models import WatchlistNote, WatchlistNoteText
from apps.dealflow.services import notes
from apps.dealflow.services.notes import note_delete, note_edit, note_write
from apps.organisations.models import Organisation
from apps.organisations.rules import NotYours
from kernel.access import Actor
from kernel.models import Event
from kernel.versions import ChangedMeanwhile
from tests.factories.organisations import actor_of
from tests.factories.pipelines import fund_actor, noted, watched

pytestmark = pytest.mark.django_db


def colleague_of(actor: Actor, role: str) -> Actor:
    return actor_of(Organisation.objects.get(pk=actor.organisation_id), role)


class TestNoteWrite:
    def test_is_by_its_author_and_told_without_its_text(self) -> None:
        actor = fund_actor("editor")

        note = noted(actor, text="Their motor overheats.")

        event = Event.objects.get(name="dealflow.note.written")
        assert (note.author_id, event.organisation_id) == (actor.user_id, actor.organisation_id)
        assert event.data == {"entry": str(note.entry_id)}

    def test_refuses_more_than_there_may_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = fund_actor()
        entry = watched(actor)
        monkeypatch.setattr(notes, "MOST_NOTES", 1)
        noted(actor, entry)

        with pytest.raises(notes.TooManyNotes):
            noted(actor, entry)

    def test_refuses_nobody(self) -> None:
        with pytest.raises(NotYours):
            note_write(actor=Actor.system(), entry=watched(fund_actor()), text="x")


class TestNoteEdit:
    def test_keeps_what_it_said(self) -> None:
        actor = fund_actor()
        note = noted(actor, text="One")

        note_edit(actor=actor, note=note, text="Two")
        note_edit(actor=actor, note=note, text="Three")

        earlier = WatchlistNoteText.objects.filter(note=note).order_by("number")
        assert [(item.number, item.text) for item in earlier] == [(1, "One"), (2, "Two")]
        assert earlier[0].written_at == note.created_at
        assert WatchlistNote.objects.get(pk=note.pk).text == "Three"

    def test_the_same_text_is_no_edit(self) -> None:
        actor = fund_actor()
        note = noted(actor, text="One")

        note_edit(actor=actor, note=note, text="One")

        assert note.edited_at is None
        assert not WatchlistNoteText.objects.exists()

    def test_refuses_all_but_the_author(self) -> None:
        actor = fund_actor("editor")
        note = noted(actor)

        for other in (colleague_of(actor, "owner"), Actor.system()):
            with pytest.raises(notes.NotTheAuthor):
                note_edit(actor=other, note=note, text="Two")

    def test_the_later_of_two_loses(self) -> None:
        actor = fund_actor()
        note = noted(actor)
        read = WatchlistNote.objects.select_related("entry").get(pk=note.pk)
        note_edit(actor=actor, note=note, text="Two")

        with pytest.raises(ChangedMeanwhile):
            note_edit(actor=actor, note=read, text="Three")

    def test_refuses_more_edits_than_there_may_be(self, monkeypatch: pytest.MonkeyPatch) -> None:
        actor = fund_actor()
        note = noted(actor)
        monkeypatch.setattr(notes, "MOST_EDITS", 1)
        note_edit(actor=actor, note=note, text="Two")

        with pytest.raises(notes.TooManyEdits):
            note_edit(actor=actor, note=note, text="Three")


class TestNoteDelete:
    def test_goes_with_its_earlier_texts(self) -> None:
        actor = fund_actor("editor")
        note = noted(actor)
        note_edit(actor=actor, note=note, text="Two")

        note_delete(actor=actor, note=note)

        assert not WatchlistNote.objects.exists()
        assert not WatchlistNoteText.objects.exists()

    def test_is_for_author_and_owners(self) -> None:
        actor = fund_actor("editor")
        first, second = noted(actor), noted(actor)

        with pytest.raises(notes.NotTheAuthor):
            note_delete(actor=colleague_of(actor, "editor"), note=first)
        note_delete(actor=colleague_of(actor, "owner"), note=second)

        assert list(WatchlistNote.objects.all()) == [first]

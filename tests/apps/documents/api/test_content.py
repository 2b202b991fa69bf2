"""The content of a document over HTTP."""

import random

import pytest

from apps.documents.encryption import ContentDamaged
from apps.documents.services import document_withdraw
from apps.documents.storage import storage
from kernel.models import Event
from tests.factories.documents import document_of, kept_bytes, noise, operator_with, received, upload_of
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen")]

CONTENT = noise(150_000)
NAME = 'Статут «Фірма»; a"b.txt'.replace('"', "_")


@pytest.fixture
def document(actor):
    return document_of(actor, CONTENT, name=NAME)


@pytest.fixture
def client(actor):
    return client_of(actor)


def place(document) -> str:
    return f"/api/v1/documents/{document.pk}/content"


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def reads() -> int:
    return Event.objects.filter(name="documents.document.read").count()


class TestWhole:
    def test_is_never_shown_inline(self, client, document):
        answer = client.get(place(document), headers={"Accept": "*/*"})

        assert answer.status_code == 200
        assert body(answer) == CONTENT
        expected = {
            "Content-Type": "application/octet-stream",
            "Content-Length": str(len(CONTENT)),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Accept-Ranges": "bytes",
        }
        assert {name: answer[name] for name in expected} == expected
        disposition = answer["Content-Disposition"]
        assert disposition.startswith("attachment; filename*=UTF-8''%D0%A1")
        assert disposition.isascii()
        assert {'"', " a", "\n"}.isdisjoint(disposition.partition("''")[2])

    def test_is_given_whatever_the_request_accepts(self, client, document):
        answer = client.get(place(document), headers={"Accept": "application/pdf"})

        assert (answer.status_code, body(answer)) == (200, CONTENT)

    def test_is_recorded_before_the_first_byte(self, client, document):
        answer = client.get(place(document))

        assert reads() == 1
        assert Event.objects.get(name="documents.document.read").data["stop"] == len(CONTENT)
        body(answer)

    def test_of_a_named_version(self, client, actor, document):
        received(upload_of(actor, b"Amended.\n", document=document), actor)

        assert body(client.get(place(document))) == b"Amended.\n"
        assert body(client.get(place(document), {"version": "1"})) == CONTENT
        assert client.get(place(document), {"version": "3"}).status_code == 404
        assert client.get(place(document), {"version": "x"}).status_code == 400

    def test_is_given_to_an_officer_with_access(self, document):
        assert body(client_of(operator_with(document)).get(place(document))) == CONTENT

    @pytest.mark.parametrize("role", ["viewer", "owner"])
    def test_is_given_to_nobody_without(self, document, role):
        stranger = actor_of(OrganisationFactory(), role)

        assert client_of(stranger).get(place(document)).status_code == (403 if role == "viewer" else 404)
        assert reads() == 0

    def test_ends_with_the_withdrawal(self, client, actor, document):
        document_withdraw(actor=actor, document=document)

        answer = client.get(place(document))

        assert (answer.status_code, answer.json()["code"]) == (409, "nothing_to_read")

    def test_head_tells_all_but_the_content(self, client, document):
        answer = client.head(place(document))

        assert (answer.status_code, answer["Content-Length"], answer.content) == (200, str(len(CONTENT)), b"")
        assert reads() == 0

    def test_head_of_anothers_is_recorded_as_what_it_tells(self, document):
        viewer = operator_with(document)

        assert client_of(viewer).head(place(document)).status_code == 200

        event = Event.objects.get(name="organisations.disclosure.read")
        assert str(document.versions.get().pk) in str(event.data)


class TestRanges:
    @pytest.mark.parametrize(
        ("header", "start", "stop"),
        [
            ("bytes=0-0", 0, 1),
            ("bytes=65535-65536", 65535, 65537),
            ("bytes=100-", 100, 150_000),
            ("bytes=-7", 149_993, 150_000),
            ("bytes=149999-999999", 149_999, 150_000),
        ],
    )
    def test_gives_the_part(self, client, document, header, start, stop):
        answer = client.get(place(document), headers={"Range": header})

        assert answer.status_code == 206
        assert answer["Content-Range"] == f"bytes {start}-{stop - 1}/{len(CONTENT)}"
        assert answer["Content-Length"] == str(stop - start)
        assert body(answer) == CONTENT[start:stop]

    @pytest.mark.long
    def test_equals_the_plain_file_at_random(self, client, document):
        chance = random.Random(7)

        for _ in range(40):
            start, last = sorted(chance.randrange(len(CONTENT)) for _ in range(2))
            answer = client.get(place(document), headers={"Range": f"bytes={start}-{last}"})
            assert body(answer) == CONTENT[start : last + 1]

    @pytest.mark.parametrize("header", ["bytes=150000-", "bytes=-0"])
    def test_refuses_what_is_not_there(self, client, document, header):
        answer = client.get(place(document), headers={"Range": header})

        assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{len(CONTENT)}")
        assert reads() == 0

    @pytest.mark.parametrize("header", ["bytes=5-1", "items=0-1", "bytes=0-1,3-4", "bytes=a-b"])
    def test_gives_everything_for_what_is_no_single_range(self, client, document, header):
        answer = client.get(place(document), headers={"Range": header})

        assert (answer.status_code, body(answer)) == (200, CONTENT)

    def test_goes_on_only_with_the_same_content(self, client, actor, document):
        tag = client.head(place(document))["ETag"]
        wanted = {"Range": "bytes=10-19", "If-Range": tag}

        same = client.get(place(document), headers=wanted)
        received(upload_of(actor, b"Amended, amended.\n", document=document), actor)
        other = client.get(place(document), headers=wanted)

        assert (same.status_code, body(same)) == (206, CONTENT[10:20])
        assert (other.status_code, body(other)) == (200, b"Amended, amended.\n")

    def test_is_recorded_with_its_place(self, client, document):
        body(client.get(place(document), headers={"Range": "bytes=10-19"}))

        data = Event.objects.get(name="documents.document.read").data
        assert (data["start"], data["stop"]) == (10, 20)


class TestDamage:
    def damage(self, document, at: int) -> None:
        key = document.versions.get().storage_key
        kept = bytearray(kept_bytes(key))
        kept[at] ^= 1
        storage().put(key, [bytes(kept)])

    def test_before_the_first_byte_is_a_problem(self, client, document):
        self.damage(document, 5)

        answer = client.get(place(document))

        assert (answer.status_code, answer.json()["code"]) == (409, "content_unreadable")
        assert reads() == 0
        assert Event.objects.get(name="documents.version.damaged").object_id == document.pk

    def test_later_cuts_the_connection(self, client, document):
        self.damage(document, 140_000)

        answer = client.get(place(document))

        assert answer.status_code == 200
        given = bytearray()
        pieces = answer.streaming_content
        with pytest.raises(ContentDamaged):
            given += b"".join(iter(lambda: next(pieces), None))
        assert len(given) < len(CONTENT)

    def test_a_missing_object_is_a_problem(self, client, document):
        storage().delete(document.versions.get().storage_key)

        assert client.get(place(document)).status_code == 409

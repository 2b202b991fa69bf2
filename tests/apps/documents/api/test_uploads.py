"""Uploads in the REST interface."""

import hashlib
import random

import pytest
from django.test import override_settings

from apps.accounts.models import User
from apps.documents.models import DocumentVersion, Upload
from apps.documents.services import MAX_CHUNK
from apps.documents.storage import storage
from apps.organisations.models import Organisation
from apps.organisations.states import Standing
from apps.permissions import Kind
from kernel.chunks import chunk_run
from kernel.errors import StorageFull
from kernel.models import Chunk, Delivery, Event
from kernel.outbox import delivery_make
from tests.factories.documents import TEXT, digest_header, document_of, noise, promised, upload_of
from tests.factories.organisations import OrganisationFactory, actor_of, client_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unseen", "quiet_heart")]

UPLOADS = "/api/v1/uploads"


@pytest.fixture
def client(actor):
    return client_of(actor)


def opened(client, content=TEXT, **stated) -> str:
    answer = client.post(UPLOADS, promised(content, **stated))
    assert answer.status_code == 201, answer.json()
    return str(answer["Location"])


def put(client, place: str, offset: object, content: bytes, **headers):
    headers = {"Content-Digest": digest_header(content), **headers}
    return client.generic(
        "PUT", f"{place}/chunks/{offset}", content, content_type="application/octet-stream", headers=headers
    )


def work_off() -> None:
    for chunk in Chunk.objects.filter(status="queued"):
        chunk_run(chunk_id=chunk.pk)


class TestCreate:
    def test_answers_where_the_upload_is(self, client, actor):
        answer = client.post(UPLOADS, promised(TEXT, export_mark="none"))

        upload = Upload.objects.get()
        assert (answer.status_code, answer["Location"]) == (201, f"{UPLOADS}/{upload.pk}")
        body = answer.json()
        assert (body["received"], body["size"], body["status"]) == (0, len(TEXT), "receiving")
        assert (body["document"], body["version"], body["reason"], body["job"]) == (None, None, None, None)
        assert body["actions"] == ["abort"]
        assert "wrapped_key" not in body

    def test_names_each_wrong_place(self, client):
        answer = client.post(UPLOADS, promised(TEXT, size=0, sha256="x", purpose="fun"))

        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/size", "/sha256", "/purpose"}

    def test_refuses_a_marking(self, client):
        answer = client.post(UPLOADS, promised(TEXT, declared_marking="restricted"))

        assert (answer.status_code, answer.json()["code"]) == (422, "marking_not_taken")

    @pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": '"one"'}], ids=["plain", "repeatable"])
    @pytest.mark.parametrize(
        ("stated", "field"),
        [
            ({"declared_marking": "restricted"}, "/declared_marking"),
            ({"name": "plan NATO RESTRICTED.pdf"}, "/name"),
            ({"title": "Таємно"}, "/title"),
        ],
    )
    def test_tells_the_compliance_role_of_a_marking(self, client, actor, mailoutbox, stated, field, headers):
        guard = actor_of(Organisation.objects.get(pk=actor.organisation_id), "compliance")

        answers = [client.post(UPLOADS, promised(TEXT, **stated), headers=headers) for _ in range(2 if headers else 1)]

        assert {answer.status_code for answer in answers} == {422}
        event = Event.objects.get(name="documents.upload.classified")
        assert event.data == {"at_opening": True, "fields": [field]}
        assert event.organisation_id == actor.organisation_id
        assert not Upload.objects.exists()
        for delivery_id in Delivery.objects.filter(event=event).values_list("pk", flat=True):
            delivery_make(delivery_id=delivery_id)
        assert [mail.to for mail in mailoutbox] == [[User.objects.get(pk=guard.user_id).email]]
        assert str(event.object_id) in mailoutbox[0].body

    def test_says_how_the_quota_stands(self, client):
        with override_settings(DOCUMENT_QUOTA_BYTES=10):
            answer = client.post(UPLOADS, promised(TEXT))

        assert (answer.status_code, answer.json()["code"]) == (409, "quota_exceeded")
        assert "10 bytes" in answer.json()["detail"]

    def test_of_a_version_names_a_document_that_one_sees(self, client, actor):
        own, other = document_of(actor), document_of(actor_of(OrganisationFactory()))
        values = {name: promised(TEXT)[name] for name in ("name", "size", "sha256")}

        assert client.post(UPLOADS, {**values, "document": str(own.pk)}).status_code == 201
        refused = client.post(UPLOADS, {**values, "document": str(other.pk)})
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/document")

    @pytest.mark.parametrize("role", ["viewer", "signatory"])
    def test_refuses_who_does_not_keep_documents(self, actor, role):
        reader = client_of(actor_of(OrganisationFactory(), role))

        assert reader.post(UPLOADS, promised(TEXT)).status_code == 403

    def test_a_suspended_organisation_brings_what_has_it_verified_again(self):
        suspended = client_of(actor_of(OrganisationFactory(standing=Standing.SUSPENDED)))

        assert suspended.post(UPLOADS, promised(TEXT)).status_code == 201
        refused = suspended.post(UPLOADS, promised(TEXT, purpose="diligence"))
        assert (refused.status_code, refused.json()["code"]) == (403, "for_verification_only")
        assert suspended.get(UPLOADS).status_code == 200

    @pytest.mark.parametrize("kind", [Kind.FUND, Kind.AUTHORITY, Kind.ATTESTOR])
    def test_is_open_to_owners_of_every_kind(self, kind):
        assert client_of(actor_of(OrganisationFactory(kind=kind))).post(UPLOADS, promised(TEXT)).status_code == 201


class TestChunks:
    def test_takes_the_bytes_in_order_and_shows_how_far(self, client):
        place = opened(client, b"abcdef")

        first = put(client, place, 0, b"abcd")
        second = put(client, place, 4, b"ef")

        assert (first.status_code, first.json()["received"]) == (200, 4)
        assert (second.json()["received"], second.json()["actions"]) == (6, ["complete", "abort"])
        assert client.get(place).json()["received"] == 6

    def test_takes_the_same_chunk_twice(self, client):
        place = opened(client, b"abcdef")

        answers = [put(client, place, 0, b"abcd") for _ in range(2)]

        assert [(answer.status_code, answer.json()["received"]) for answer in answers] == [(200, 4), (200, 4)]

    def test_refuses_a_gap_and_says_where_to_go_on(self, client):
        place = opened(client, b"abcdef")

        answer = put(client, place, 3, b"def")

        assert (answer.status_code, answer.json()["code"]) == (409, "offset_unexpected")
        assert answer.json()["detail"] == "The next chunk begins at byte 0."

    def test_refuses_other_bytes_at_the_same_place(self, client):
        place = opened(client, b"abcdef")
        put(client, place, 0, b"abc")

        assert put(client, place, 0, b"abX").json()["code"] == "chunk_differs"

    def test_refuses_bytes_that_changed_on_the_way(self, client):
        place = opened(client, b"abc")

        answer = put(client, place, 0, b"abX", **{"Content-Digest": digest_header(b"abc")})

        assert (answer.status_code, answer.json()["code"]) == (422, "digest_mismatch")

    @pytest.mark.parametrize("header", ["", "sha-256=abc", "sha-256=:****:", "md5=:AAAA:", "sha-512=:AAAA:"])
    def test_needs_the_digest(self, client, header):
        place = opened(client, b"abc")

        answer = put(client, place, 0, b"abc", **{"Content-Digest": header})

        assert (answer.status_code, answer.json()["code"]) == (400, "digest_missing")

    def test_finds_the_digest_among_others(self, client):
        place = opened(client, b"abc")

        header = f"sha-512=:AAAA:, {digest_header(b'abc')}"
        assert put(client, place, 0, b"abc", **{"Content-Digest": header}).status_code == 200

    def test_refuses_a_body_beyond_the_limit_of_the_route(self, client):
        place = opened(client, b"abc")

        assert put(client, place, 0, bytes(MAX_CHUNK + 1)).status_code == 413

    def test_takes_a_body_of_the_limit(self, client):
        content = bytes(MAX_CHUNK)

        assert put(client, opened(client, content), 0, content).json()["received"] == MAX_CHUNK

    def test_refuses_json(self, client):
        assert client.put(f"{opened(client)}/chunks/0", {"a": 1}, format="json").status_code == 415

    @pytest.mark.parametrize("offset", ["-1", "x", "1.0", "٣", "9" * 40])
    def test_knows_no_other_offsets_than_numbers(self, client, offset):
        assert put(client, opened(client), offset, TEXT).status_code == 404

    def test_is_nobody_elses(self, client):
        place = opened(client)

        stranger = client_of(actor_of(OrganisationFactory()))
        assert put(stranger, place, 0, TEXT).status_code == 404
        assert stranger.get(place).status_code == 404

    def test_a_full_disk_is_507_and_keeps_nothing(self, client, monkeypatch):
        place = opened(client, b"abc")

        def full(key, pieces):
            raise StorageFull

        with monkeypatch.context() as patch:
            patch.setattr(storage(), "put", full)
            answer = put(client, place, 0, b"abc")

        assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
        assert client.get(place).json()["received"] == 0
        assert put(client, place, 0, b"abc").status_code == 200


class TestComplete:
    def test_ends_in_a_document(self, client, django_capture_on_commit_callbacks):
        place = opened(client)
        put(client, place, 0, TEXT)

        answer = client.post(f"{place}/complete")
        work_off()

        upload = Upload.objects.get()
        assert (answer.status_code, answer["Location"]) == (202, f"/api/v1/jobs/{upload.job_id}")
        body = client.get(place).json()
        assert (body["status"], body["version"], body["actions"]) == ("done", 1, [])
        shown = client.get(f"/api/v1/documents/{body['document']}").json()
        assert (shown["title"], shown["status"], shown["newest"]) == ("Statement", "clean", 1)

    def test_tells_why_it_failed(self, client):
        place = opened(client, TEXT, sha256="0" * 64)
        put(client, place, 0, TEXT)
        client.post(f"{place}/complete")

        work_off()

        body = client.get(place).json()
        assert (body["status"], body["reason"]["code"]) == ("failed", "digest_mismatch")
        assert body["reason"]["text"]

    def test_refuses_an_incomplete_one(self, client):
        place = opened(client, b"abc")
        put(client, place, 0, b"ab")

        answer = client.post(f"{place}/complete")

        assert (answer.status_code, answer.json()["code"]) == (409, "upload_incomplete")

    def test_refuses_a_second_time(self, client):
        place = opened(client)
        put(client, place, 0, TEXT)

        answers = [client.post(f"{place}/complete") for _ in range(2)]

        assert [answer.status_code for answer in answers] == [202, 409]


class TestDestroy:
    def test_gives_the_upload_up(self, client):
        place = opened(client)
        put(client, place, 0, TEXT[:5])

        assert client.delete(place).status_code == 204
        assert client.get(place).json()["status"] == "aborted"
        assert client.delete(place).status_code == 409

    def test_is_open_to_a_suspended_organisation(self, actor, client):
        place = opened(client)
        actor_of_suspended = actor_of(OrganisationFactory(standing=Standing.SUSPENDED))
        Upload.objects.update(organisation=actor_of_suspended.organisation_id)

        assert client_of(actor_of_suspended).delete(place).status_code == 204


class TestList:
    def test_shows_ones_own(self, client, actor, django_assert_num_queries):
        for _ in range(3):
            upload_of(actor)
        upload_of(actor_of(OrganisationFactory()))

        with django_assert_num_queries(1):
            answer = client.get(UPLOADS, {"status": "receiving"})

        assert len(answer.json()["results"]) == 3


class TestResumption:
    @pytest.mark.long
    def test_ends_with_the_right_bytes_wherever_it_broke_off(self, client, actor):
        content, step, chance = noise(200_000), 16_384, random.Random(5)
        place = opened(client, content)

        breaks = 0
        while (offset := client.get(place).json()["received"]) < len(content):
            piece = content[offset : offset + chance.randint(1, step)]
            if chance.random() < 0.3:
                # The answer is lost: the sender knows nothing of it and asks anew.
                put(client, place, offset, piece)
                breaks += 1
                continue
            assert put(client, place, offset, piece).status_code == 200
        client.post(f"{place}/complete")
        work_off()

        version = DocumentVersion.objects.get()
        assert breaks
        assert version.sha256 == hashlib.sha256(content).hexdigest()

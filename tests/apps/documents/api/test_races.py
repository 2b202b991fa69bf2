"""Uploads when two come at once."""

from functools import partial

import pytest
from django.test import override_settings

from apps.documents.models import Document, DocumentVersion, Upload
from apps.documents.services import receiving
from tests.apps.documents.api.test_uploads import UPLOADS, opened, put, work_off
from tests.factories.documents import TEXT, document_of, promised, upload_of
from tests.factories.organisations import client_of
from tests.transactions import together

pytestmark = pytest.mark.usefixtures("committed", "unseen", "quiet_heart")


class TestAtOnce:
    def test_of_two_completions_one_wins(self, actor):
        place = f"{UPLOADS}/{upload_of(actor).pk}"

        answers = together(*[lambda: client_of(actor).post(f"{place}/complete").status_code] * 2)
        work_off()

        assert sorted(answers) == [202, 409]
        assert DocumentVersion.objects.get().status == "clean"

    def test_two_workers_make_one_version(self, actor):
        client = client_of(actor)
        upload = upload_of(actor)
        client.post(f"{UPLOADS}/{upload.pk}/complete")

        def work():
            outcome = receiving.upload_receive(upload_id=upload.pk, check=lambda: None)
            return receiving.upload_finish(upload_id=upload.pk, outcome=outcome).status

        assert set(together(work, work)) == {"done"}
        assert (DocumentVersion.objects.count(), Document.objects.count()) == (1, 1)

    def test_two_uploads_give_one_document_two_numbers(self, actor):
        document = document_of(actor)
        uploads = [upload_of(actor, f"{number}\n".encode(), document=document) for number in range(2)]
        for upload in uploads:
            client_of(actor).post(f"{UPLOADS}/{upload.pk}/complete")

        def work(number):
            pk = uploads[number].pk
            outcome = receiving.upload_receive(upload_id=pk, check=lambda: None)
            return receiving.upload_finish(upload_id=pk, outcome=outcome).document_version.number

        assert sorted(together(lambda: work(0), lambda: work(1))) == [2, 3]

    def test_the_same_chunk_is_kept_once(self, actor):
        client = client_of(actor)
        place = opened(client, b"abcdef")

        answers = together(*[lambda: put(client_of(actor), place, 0, b"abc")] * 4)

        assert [(answer.status_code, answer.json()["received"]) for answer in answers] == [(200, 3)] * 4
        assert Upload.objects.get().chunks.count() == 1

    def test_of_different_chunks_one_wins(self, actor):
        place = opened(client_of(actor), b"abcdef")

        answers = together(
            *(
                partial(lambda number: put(client_of(actor), place, 0, b"ab%d" % number).status_code, n)
                for n in range(4)
            )
        )

        assert sorted(answers) == [200, 409, 409, 409]

    def test_two_openings_do_not_share_the_last_room(self, actor):
        with override_settings(DOCUMENT_QUOTA_BYTES=len(TEXT)):
            answers = together(*[lambda: client_of(actor).post(UPLOADS, promised(TEXT)).status_code] * 3)

        assert sorted(answers) == [201, 409, 409]

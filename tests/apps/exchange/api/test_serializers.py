"""The shapes of imports."""

from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.exchange.api.serializers import ImportBrief, ImportIn, ImportOut
from apps.exchange.models import Import
from kernel.access import Actor
from kernel.clock import utc_now


class TestImportIn:
    def test_is_neither_verified_nor_partial_unless_asked(self):
        given = ImportIn(data={"file": SimpleUploadedFile("a.csv", b"x")})

        assert given.is_valid()
        assert (given.validated_data["verified"], given.validated_data["partial"]) == (False, False)

    @pytest.mark.parametrize(
        "data", [{}, {"file": "text"}, {"file": SimpleUploadedFile("a.csv", b"")}, {"file": None, "verified": "x"}]
    )
    def test_needs_a_file_with_content(self, data):
        given = ImportIn(data=data)

        assert not given.is_valid()
        assert "file" in given.errors


class TestImportOut:
    def test_never_shows_the_upload_itself(self):
        item = Import(
            file_name="a.csv",
            content=b"secret",
            status="checked",
            counts={"funds": {"rows": 1}},
            created_at=utc_now(),
        )

        shown = ImportOut(
            item,
            context={"request": SimpleNamespace(actor=Actor.system())},
        ).data

        assert (shown["actions"], shown["counts"]) == (["confirm"], {"funds": {"rows": 1}})
        assert {"content", "problems"} & set(shown) == set()

    def test_the_brief_is_part_of_the_whole(self):
        assert set(ImportBrief().fields) < set(ImportOut().fields)

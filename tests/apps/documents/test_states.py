"""The lives of uploads and of documents' versions."""

import pytest

from apps.documents.models import DocumentVersion, Upload
from apps.documents.states import DOCUMENT_VERSION, UPLOAD, UploadStatus, VersionStatus
from apps.permissions import Permission
from kernel.access import Actor
from kernel.clock import database_now
from kernel.states import NotPermitted
from tests.factories.documents import DocumentFactory
from tests.machines import check_every_arrow, reachable


@pytest.fixture
def version(db) -> DocumentVersion:
    """A version that may be in any status: its content is stored."""
    now = database_now()
    return DocumentVersion.objects.create(
        document=DocumentFactory(), number=1, name="a.txt", size=1, sha256="0" * 64, stored_at=now
    )


@pytest.fixture
def upload(version) -> Upload:
    """An upload that may be in any status: whole, with a version and a reason."""
    return Upload.objects.create(
        organisation=version.document.organisation,
        document_version=version,
        name="a.txt",
        title="A",
        purpose="other",
        size=1,
        received=1,
        sha256="0" * 64,
        reason="damaged",
        expires_at=database_now(),
    )


class TestUploadMachine:
    def test_reaches_every_status(self):
        assert reachable(UPLOAD) == set(UploadStatus.values)

    def test_moves_along_its_arrows_only(self, upload):
        check_every_arrow(UPLOAD, upload)

    @pytest.mark.parametrize("name", ["finish", "fail", "expire"])
    def test_what_becomes_of_it_is_the_systems(self, upload, name):
        with pytest.raises(NotPermitted):
            UPLOAD.fire(name, instance=upload, actor=Actor(permissions=frozenset(Permission)))


class TestDocumentVersionMachine:
    def test_reaches_every_status(self):
        assert reachable(DOCUMENT_VERSION) == set(VersionStatus.values)

    def test_moves_along_its_arrows_only(self, version):
        check_every_arrow(DOCUMENT_VERSION, version)

    @pytest.mark.parametrize("name", ["clear", "block"])
    def test_the_verdict_is_the_systems(self, version, name):
        with pytest.raises(NotPermitted):
            DOCUMENT_VERSION.fire(name, instance=version, actor=Actor(permissions=frozenset(Permission)))

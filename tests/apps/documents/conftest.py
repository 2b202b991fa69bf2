"""What the tests of documents share: who uploads, and what was uploaded."""

import pytest

from apps.documents.services import receiving
from tests.factories.documents import as_clean, document_of
from tests.factories.organisations import OrganisationFactory, actor_of


@pytest.fixture
def actor():
    """The owner of a firm."""
    return actor_of(OrganisationFactory())


@pytest.fixture
def unseen(monkeypatch):
    """Nobody looks into the file: that is tested elsewhere."""
    monkeypatch.setattr(receiving.inspection, "inspect", as_clean)


@pytest.fixture
def document(actor, unseen):
    """A document of the actor's firm with a clean version."""
    return document_of(actor)


@pytest.fixture
def quiet_heart(monkeypatch):
    """A test's rows are seen by its own connection only: the heartbeat's would find nothing."""
    monkeypatch.setattr("kernel.chunks.Heartbeat.beat", lambda self: None)

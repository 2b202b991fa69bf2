"""What journeys share: one installation with the sample data for the whole session."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from apps.exchange import sample
from tests.journeys.rig import EMPTY, Installation, Rig, installation

SAMPLE = Path(sample.__file__).parent / "data"


@pytest.fixture(scope="session")
def sample_installation() -> Iterator[Installation]:
    """PostgreSQL and Valkey with a database that holds the sample data."""
    # Not pytest's own folder: the servers' account must be able to pass through.
    var = Path(tempfile.mkdtemp(prefix="tandem-journeys-"))
    var.chmod(0o711)
    try:
        with installation(var) as running:
            running.load(SAMPLE)
            yield running
    finally:
        shutil.rmtree(var, ignore_errors=True)


@pytest.fixture
def rig(sample_installation: Installation) -> Iterator[Rig]:
    """A clone of the sample database with processes of its own."""
    with sample_installation.rig() as made:
        yield made


@pytest.fixture
def empty_rig(sample_installation: Installation) -> Iterator[Rig]:
    """A migrated, empty database with processes of its own."""
    with sample_installation.rig(EMPTY) as made:
        yield made

"""The sheets that every worked example starts from."""

from pathlib import Path

import pytest

from tests.oracle.samples import Sheets


@pytest.fixture
def sheets(tmp_path: Path) -> Sheets:
    return Sheets(tmp_path)

"""All hostile files; `python -m tests.hostile_files.corpus FOLDER` writes them there with their outcomes."""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path

from tests.hostile_files import archive_files, office_files, pdfs, pictures, plain_files
from tests.hostile_files.case import Case


@cache
def corpus() -> tuple[Case, ...]:
    """Every case; the same at each call."""
    found = tuple(
        case for family in (pdfs, pictures, archive_files, office_files, plain_files) for case in family.cases()
    )
    keys = [case.key for case in found]
    twice = sorted({key for key in keys if keys.count(key) > 1})
    if twice:
        raise ValueError(f"cases of the same key: {twice}")
    return found


def write(folder: Path) -> None:
    """Write every file under its key, and `outcomes.json`."""
    folder.mkdir(parents=True, exist_ok=True)
    for case in corpus():
        case.write(folder / case.key)
    outcomes = {case.key: {"name": case.name, "becomes": case.becomes and str(case.becomes)} for case in corpus()}
    (folder / "outcomes.json").write_text(json.dumps(outcomes, indent=1))


if __name__ == "__main__":
    write(Path(sys.argv[1]))

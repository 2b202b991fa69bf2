"""What callers read, and its Ukrainian catalogues: `python -m tests.texts` adds what is missing and compiles.

A text is what `_("…")` marks, what a `FieldProblem`, a `query_problem` or a raised error says, and the first line of an
error's docstring.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parents[1]
LANGUAGE = "uk"
MARKS = {"_", "_lazy", "gettext", "gettext_lazy"}
KERNEL = ROOT / "platform" / "kernel"


def homes() -> list[Path]:
    """The packages that have a catalogue of their own: the kernel and every app."""
    return [KERNEL, *sorted(path.parent for path in (ROOT / "apps").glob("*/__init__.py"))]


def catalogue(home: Path) -> Path:
    """Where the catalogue of a package stands."""
    return home / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


def texts(home: Path) -> tuple[set[str], list[str]]:
    """The texts of a package, and the places whose text is put together and so cannot be translated."""
    found: set[str] = set()
    stray: list[str] = []
    for file in sorted(home.rglob("*.py")):
        if "migrations" in file.parts:
            continue
        for node in _said(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                stray.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    return found | _docstrings(home), stray


def _said(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in MARKS and node.args:
            yield node.args[0]
        elif name == "query_problem":
            yield from node.args[1:2]
        elif name == "FieldProblem":
            yield from [*node.args[2:3], *[word.value for word in node.keywords if word.arg == "detail"]]
        elif name in _error_names() and node.args:
            yield node.args[0]


def _errors() -> Iterator[type[Exception]]:
    from kernel.errors import DomainError

    waiting: list[type[Exception]] = [DomainError]
    while waiting:
        error = waiting.pop()
        yield error
        waiting += error.__subclasses__()


def _error_names() -> set[str]:
    return {error.__name__ for error in _errors()}


def _docstrings(home: Path) -> set[str]:
    package = ".".join(home.relative_to(ROOT).parts).removeprefix("platform.")
    return {
        str(error.__doc__).strip().splitlines()[0]
        for error in _errors()
        if error.__module__.startswith(f"{package}.") and error.__doc__
    }


def load() -> None:
    """Import everything that the product consists of, so that every error is known."""
    import importlib

    for home in homes():
        for file in home.rglob("*.py"):
            if not {"migrations", "commands"} & set(file.parts):
                parts = file.relative_to(ROOT).with_suffix("").parts
                name = ".".join(part for part in parts if part != "__init__").removeprefix("platform.")
                importlib.import_module(name)


def write() -> int:
    """Add missing texts without a translation, drop what nobody says any more, compile; returns how many are untold."""
    load()
    untold = 0
    for home in homes():
        wanted, _stray = texts(home)
        path = catalogue(home)
        if not wanted and not path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} if path.exists() else {}
        new = polib.POFile(wrapwidth=0)
        new.metadata = {
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Language": LANGUAGE,
            "Plural-Forms": polib.pofile(str(catalogue(KERNEL))).metadata["Plural-Forms"],
        }
        new.extend(polib.POEntry(msgid=text, msgstr=kept.get(text, "")) for text in sorted(wanted))
        new.save(str(path))
        new.save_as_mofile(str(path.with_suffix(".mo")))
        empty = [entry.msgid for entry in new if not entry.msgstr]
        untold += len(empty)
        for text in empty:
            print(f"{path.relative_to(ROOT)}: {text}")  # noqa: T201 - a command's output
    return untold


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
    import django

    django.setup()
    sys.exit(1 if write() else 0)

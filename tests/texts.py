"""What callers read, and its Ukrainian catalogues: `python -m tests.texts` adds what is missing and compiles.

Names of packages behind it limit it to those. A text is what `_("…")` or a template's `{% translate "…" %}` marks, what
a `FieldProblem`, a `query_problem`, another problem or a raised error says, written there or given a name in the same
file, and the first line of an error's docstring.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import polib

ROOT = Path(__file__).parents[1]
LANGUAGE = "uk"
MARKS = {"_", "_lazy", "_now", "gettext", "gettext_lazy"}
# Where among its arguments a call that tells of a problem has the text. `refuse` is a method of the two readers of
# ownership, which has four at most; the one of an import, with five, writes a report in English.
PLACES = {"query_problem": [1], "FieldProblem": [2], "Problem": [3], "refuse": [2, 3], "_refused": [2]}
REFUSE_MOST = 4
TAG = re.compile(r"\{%-?\s*(?:translate|trans|blocktranslate|blocktrans)\b[^%]*%\}")
"""Whatever translates in a template; only a plain text between quotation marks can be found here."""
PLAIN_TAG = re.compile(r'\{% translate "([^"%\\]+)" %\}')
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
    for file in sorted(home.rglob("templates/**/*.*")):
        for tag in TAG.findall(file.read_text(encoding="utf-8")):
            plain = PLAIN_TAG.fullmatch(tag)
            if plain:
                found.add(plain[1])
            else:
                stray.append(f"{file.relative_to(ROOT)}: {tag}")
    return found | _docstrings(home), stray


def _said(tree: ast.AST) -> Iterator[ast.expr]:
    named = _named(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in MARKS and node.args:
            yield node.args[0]
        elif name in PLACES and not (name == "refuse" and len(node.args) > REFUSE_MOST):
            yield from _told(node, PLACES[name], named)
        elif name in _error_names() and node.args:
            yield node.args[0]


def _told(call: ast.Call, places: list[int], named: dict[str, list[ast.expr]]) -> Iterator[ast.expr]:
    """The text of a call that tells of a problem: of several places the last that holds one, or what it is named."""
    yield from [word.value for word in call.keywords if word.arg == "detail"]
    if isinstance(call.args[-1], ast.Starred) and isinstance(call.args[-1].value, ast.Name):
        yield from named.get(call.args[-1].value.id, [])
        return
    for place in reversed(places):
        said = call.args[place] if place < len(call.args) else None
        if isinstance(said, ast.Name) and said.id in named:
            yield from named[said.id]
            return
        if isinstance(said, ast.Constant | ast.JoinedStr):
            yield said
            return


def _named(tree: ast.AST) -> dict[str, list[ast.expr]]:
    """The texts that are given a name in a file; of a code with its text the text."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            value = node.value.elts[-1] if isinstance(node.value, ast.Tuple) and node.value.elts else node.value
            said = [value.body, value.orelse] if isinstance(value, ast.IfExp) else [value]
            texts = [item for item in said if isinstance(item, ast.Constant | ast.JoinedStr)]
            found.setdefault(node.targets[0].id, []).extend(texts)
    return found


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


def write(only: Collection[str] = ()) -> int:
    """Add missing texts without a translation, drop what nobody says any more, compile; returns how many are untold.

    Of all packages, or of those named.
    """
    load()
    untold = 0
    for home in homes():
        if only and home.name not in only:
            continue
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
    sys.exit(1 if write(sys.argv[1:]) else 0)

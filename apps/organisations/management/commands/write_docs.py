"""Writes the generated pages: one per state machine, and the permission table."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.module_loading import module_has_submodule

from apps.permissions import ROLE_PERMISSIONS, Kind, Permission
from kernel.states import Guard, Machine

NOTE = "<!-- Written by `manage.py write_docs`. Change the code, then run it again. -->\n"


class Command(BaseCommand):
    help = "Write docs/states/ and docs/permissions.md from the code, or with --check say whether they are up to date."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a page differs")
        parser.add_argument("--folder", type=Path, default=settings.BASE_DIR / "docs", help="where the pages stand")

    def handle(self, *_: Any, check: bool, folder: Path, **__: Any) -> None:
        wanted = pages(machines())
        stray = sorted(
            path.relative_to(folder).as_posix()
            for path in folder.glob("states/*.md")
            if path.relative_to(folder).as_posix() not in wanted
        )
        stale = sorted(name for name, text in wanted.items() if not _says(folder / name, text))
        if check:
            if stale or stray:
                raise CommandError(f"not what the code says: {', '.join([*stale, *stray])}. Run manage.py write_docs.")
            return
        for name in stale:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[name], encoding="utf-8")
            self.stdout.write(f"wrote {name}")
        for name in stray:
            (folder / name).unlink()
            self.stdout.write(f"removed {name}")


def machines() -> dict[str, tuple[str, Machine]]:
    """All state machines of the installed apps by page name, each with the module it stands in."""
    found: dict[str, tuple[str, Machine]] = {}
    for app in apps.get_app_configs():
        if app.module is None or not module_has_submodule(app.module, "states"):
            continue
        module = f"{app.name}.states"
        for value in vars(import_module(module)).values():
            if isinstance(value, Machine):
                found[value.name.replace(" ", "-")] = (module, value)
    return dict(sorted(found.items()))


def pages(found: Mapping[str, tuple[str, Machine]]) -> dict[str, str]:
    """The text of every generated page by its path below `docs/`."""
    written = {f"states/{name}.md": machine_page(module, machine) for name, (module, machine) in found.items()}
    written["states/README.md"] = index_page(found)
    written["permissions.md"] = permissions_page()
    return written


def index_page(found: Mapping[str, tuple[str, Machine]]) -> str:
    """The list of all machines."""
    lines = [
        f"| [{machine.name}]({name}.md) | `{module}` | {_codes([status.value for status in machine.statuses])} |"
        for name, (module, machine) in found.items()
    ]
    return "\n".join(["# State machines", "", NOTE, "| machine | module | statuses |", "|---|---|---|", *lines, ""])


def machine_page(module: str, machine: Machine) -> str:
    """One machine: its diagram, and a line per transition with what it needs, publishes and is guarded by."""
    rows = [
        f"| `{arrow.name}` | {_codes(sorted(arrow.sources))} | `{arrow.target}` "
        f"| {f'`{arrow.permission}`' if arrow.permission else 'the system'} | `{arrow.event}` "
        f"| {'; '.join(_said(guard) for guard in arrow.guards) or '–'} |"
        for arrow in machine.transitions
    ]
    return "\n".join(
        [
            f"# {machine.name[0].upper()}{machine.name[1:]}",
            "",
            NOTE,
            f"Declared in `{module}`.",
            "",
            "```mermaid",
            machine.mermaid().rstrip(),
            "```",
            "",
            "| transition | from | to | needs | publishes | only if |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def permissions_page() -> str:
    """Who may do what: per kind of organisation, permissions against roles."""
    lines = [
        "# Permissions",
        "",
        NOTE,
        "Which operations a role may call. The rows it then sees are `visible_to`'s choice, the fields the tier's.",
    ]
    for kind in Kind:
        roles = [role for of, role in ROLE_PERMISSIONS if of == kind]
        held = [item for item in Permission if any(item in ROLE_PERMISSIONS[kind, role] for role in roles)]
        lines += ["", f"## {kind.value.capitalize()}", ""]
        lines += [_row(["permission", *(role.value for role in roles)]), _row(["---"] * (len(roles) + 1))]
        for item in held:
            marks = ["yes" if item in ROLE_PERMISSIONS[kind, role] else "–" for role in roles]
            lines.append(_row([f"`{item.value}`", *marks]))
    return "\n".join([*lines, ""])


def _said(guard: Guard) -> str:
    told = inspect.getdoc(guard)
    return told.splitlines()[0].rstrip(".") if told else f"`{getattr(guard, '__name__', 'guard')}`"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _codes(values: list[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _says(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text

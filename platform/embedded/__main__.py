"""`python -m embedded`: run only the servers, or ask about those that run."""

import argparse
import os
import sys
from pathlib import Path

from embedded import addresses, checks, home
from embedded.supervisor import supervise


def main(arguments: list[str] | None = None) -> int:
    """Run one of: `run` the servers until Ctrl-C, `status`, `addresses` (for a shell), `check` them."""
    parser = argparse.ArgumentParser(prog="python -m embedded", description=main.__doc__)
    parser.add_argument("action", choices=("run", "status", "addresses", "check"))
    parser.add_argument("--var", type=Path, default=Path("var"), help="where data and logs are (default: ./var)")
    given = parser.parse_args(arguments)
    if given.action == "run":
        return supervise(var=given.var, root=Path.cwd(), environment=os.environ)
    if given.action == "status":
        return _status(given.var)
    found = {**(addresses.current(var=given.var) or {})}
    found.update({name: os.environ[name] for name in addresses.NAMES if os.environ.get(name)})
    if "DATABASE_URL" not in found or "REDIS_URL" not in found:
        return _say(["The servers are not running, and the environment names no others."], code=1)
    if given.action == "addresses":
        return _say([f"{name}={value}" for name, value in sorted(found.items())])
    problems = checks.problems(
        database_url=found["DATABASE_URL"],
        redis_url=found["REDIS_URL"],
        owner_url=found.get("DATABASE_OWNER_URL"),
    )
    return _say(problems or ["PostgreSQL and Redis are fit for use."], code=1 if problems else 0)


def _status(var: Path) -> int:
    process = home.holder(var=var)
    if process is None:
        return _say([f"Not running (data in {var.absolute()})."], code=1)
    return _say([f"Running: process {process} (data in {var.absolute()})."])


def _say(lines: list[str], *, code: int = 0) -> int:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main())

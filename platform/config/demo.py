"""The demonstration's driver: a match run over the API with its progress, then the best matches of one fund."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from textwrap import shorten
from typing import Any, TextIO
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

WAIT_S = 120
RUN_WAIT_S = 600
BEST = 10
BAR = 30
RAW_WIDTH = 110


class NotAnswered(Exception):
    """The API refused or did not answer."""


class Api:
    """The product's API as one of the demonstration's personas."""

    def __init__(self, base_url: str, persona: Mapping[str, str]) -> None:
        self.base_url = base_url
        self.headers = {"Authorization": f"Bearer {persona['api_key']}", "Content-Type": "application/json"}

    def get(self, path: str, **query: Any) -> Any:
        """The JSON answer of a GET."""
        return self._call("GET", f"{path}?{urlencode(query)}" if query else path)

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """The JSON answer of a POST."""
        return self._call("POST", path, json.dumps(body).encode())

    def _call(self, method: str, path: str, body: bytes | None = None) -> Any:
        request = Request(f"{self.base_url}{path}", data=body, headers=self.headers, method=method)  # noqa: S310 - http on localhost
        try:
            with urlopen(request, timeout=30) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as refused:
            raise NotAnswered(f"{method} {path}: {refused.code} {refused.read().decode(errors='replace')}") from None
        except URLError as reason:
            raise NotAnswered(f"{method} {path}: {reason.reason}") from None


def main() -> int:
    """Show the demonstration; with SERVE=0 end after the table."""
    var = Path(os.environ["TANDEM_VAR"])
    written = json.loads((var / "demo.json").read_text())
    state = json.loads((var / "demo-state.json").read_text())
    personas, base_url = written["personas"], written["base_url"]
    _await_web(base_url)
    operator = Api(base_url, personas["operator"])
    out = sys.stdout
    run = _run(operator, state, out)
    _show_run(run, out)
    _show_best(Api(base_url, personas["fund"]), state, out)
    if os.environ.get("SERVE", "1") == "0":
        return 0
    _say_where(base_url, personas, var, out)
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    return 0


def _await_web(base_url: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while True:
        try:
            with urlopen(f"{base_url}/readyz", timeout=5):  # noqa: S310
                return
        except (URLError, OSError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _run(operator: Api, state: Mapping[str, Any], out: TextIO) -> Mapping[str, Any]:
    """The run that is current if nothing changed since, else a new one, followed to its end."""
    if state["run"]:
        out.write("Nothing has changed since the last match run.\n")
        return dict(operator.get(f"/api/v1/match-runs/{state['run']}"))
    run = operator.post("/api/v1/match-runs", {"as_of": state["as_of"]})
    out.write(f"Match run as of {state['as_of']}: queued for the workers.\n")
    deadline = time.monotonic() + RUN_WAIT_S
    shown = -1
    while run["status"] in {"queued", "running"}:
        if time.monotonic() > deadline:
            raise NotAnswered("the match run did not end in time")
        time.sleep(0.25)
        run = operator.get(f"/api/v1/match-runs/{run['id']}")
        done = round(BAR * run["progress"])
        if done != shown:
            out.write(f"[{'#' * done}{'.' * (BAR - done)}] {run['progress']:4.0%}  {run['status']}\n")
            out.flush()
            shown = done
    if run["status"] != "published":
        raise NotAnswered(f"the match run ended {run['status']}: {run.get('reasons')}")
    return dict(run)


def _show_run(run: Mapping[str, Any], out: TextIO) -> None:
    counts = run["counts"]
    out.write(
        f"Published {counts.get('pairs', 0) // 2:,} pairs of {counts.get('mandates', 0):,} mandates and "
        f"{counts.get('raises', 0):,} raises, model {run['model']['id']}, {run['seconds']:.1f} s, "
        f"sha256 {run['sha256'][:16]}…\n"
    )


def _show_best(fund: Api, state: Mapping[str, Any], out: TextIO) -> None:
    mandate = state["mandate"]
    found = fund.get("/api/v1/matches", mandate=mandate["id"], page_size=BEST)["results"]
    out.write(f"\nThe best matches of {mandate['fund']}, mandate “{mandate['name']}”\n")
    if not found:
        out.write("None: no raise passes all of the mandate's gates.\n")
        return
    out.write(f"{'':>3} {'score':>6} {'mutual':>6} {'conf.':>5}  {'firm':<28} {'seeks':<34} area\n")
    for match in found:
        item = match["raise"]
        seeks = f"{float(item['amount']['amount']):,.0f} {item['amount']['currency']} {'/'.join(item['instruments'])}"
        out.write(
            f"{match['rank']:>3} {match['score']:>6} {match['score_mutual']:>6} {match['confidence']:>5.0%}  "
            f"{item['firm']['name'][:28]:<28} {seeks[:34]:<34} {item['area']}\n"
        )
    _show_reasons(fund.get(f"/api/v1/matches/{found[0]['id']}/explanation"), out)


def _show_reasons(explanation: Mapping[str, Any], out: TextIO) -> None:
    out.write(f"\nWhy the first: {explanation['score']} of 10000, as the sum of\n")
    for feature in sorted(explanation["features"], key=lambda item: -item["contribution"]):
        raw = shorten("; ".join(f"{item['name']} {_raw(item)}" for item in feature["raw"]), RAW_WIDTH, placeholder=" …")
        out.write(
            f"{feature['contribution']:>6} of {feature['weight']:>4}  {feature['name']:<16} x {feature['x']:.3f}  "
            f"{feature['tier'] or '–':<3} {feature['basis']:<11} {raw}\n"
        )
    out.write("\n")


def _raw(item: Mapping[str, Any]) -> str:
    value = item["value"]
    if value is None:
        return "not stated"
    shown = f"{value:,.10g}" if isinstance(value, int | float) else str(value)
    return f"{shown} {item.get('unit', '')}".strip()


def _say_where(base_url: str, personas: Mapping[str, Any], var: Path, out: TextIO) -> None:
    out.write(f"Serving on {base_url}: API docs on {base_url}/api/docs/.\n")
    out.write(f"Sign-ins (passwords and API keys in {var / 'demo.json'}):\n")
    for name, persona in personas.items():
        code = "  and a code: totp_secret is for an authenticator app" if "totp_secret" in persona else ""
        out.write(f"  {name:<11} {persona['email']}{code}\n")
    out.write("Ctrl-C stops everything.\n")
    out.flush()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM} if os.environ.get("SERVE", "1") != "0" else set())
    try:
        sys.exit(main())
    except NotAnswered as reason:
        sys.stderr.write(f"{reason}\n")
        sys.exit(1)

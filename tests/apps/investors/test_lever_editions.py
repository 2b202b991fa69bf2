"""The files of public levers."""

import datetime as dt
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from apps.investors.lever_editions import (
    PACKAGED,
    LeversMalformed,
    NoLeversYet,
    lever_edition_at,
    lever_edition_parse,
    lever_editions,
    lever_editions_read,
)
from apps.reference.codes import country_codes

LEVER: dict[str, Any] = {
    "code": "one",
    "kind": "guarantee",
    "confidence": "B",
    "as_of": "2026-01-01",
    "source": "Press",
}


def edition(*levers: dict[str, Any], name: str = "levers-1", as_of: str = "2026-01-01") -> bytes:
    return json.dumps({"id": name, "as_of": as_of, "levers": levers}).encode()


class TestPackaged:
    def test_are_hashed_over_their_bytes(self) -> None:
        for known in lever_editions():
            assert known.sha256 == hashlib.sha256((PACKAGED / f"{known.id}.json").read_bytes()).hexdigest()

    def test_say_of_every_lever_where_it_comes_from_and_how_sure_it_is(self) -> None:
        levers = [lever for known in lever_editions() for lever in known.levers.values()]

        assert len(levers) >= 3
        assert all(lever["source"] and lever["confidence"] in "ABC" and lever["as_of"] for lever in levers)
        assert all(lever["conditions"] and lever["conditions_uk"] for lever in levers)

    def test_name_countries_that_there_are(self) -> None:
        named = {code for known in lever_editions() for lever in known.levers.values() for code in lever["countries"]}

        assert named <= set(country_codes())

    def test_know_what_the_sources_say(self) -> None:
        levers = lever_edition_at(on=dt.date(2026, 11, 22)).levers
        weapons = ["lethal", "lethal_autonomous", "cluster_munition"]

        scheme = levers["ua-war-risk-2026"]
        assert (scheme["cover_cap"], scheme["currency"], scheme["premium"]) == (10_000_000, "UAH", Decimal("0.01"))
        assert (scheme["countries"], scheme["places"]) == (["UA"], None)
        assert levers["miga-political-risk"]["excluded_flags"] == weapons
        bank = levers["eib-security-and-defence"]
        assert (bank["excluded_flags"], len(bank["countries"])) == (weapons, 27)
        assert "UA" not in bank["countries"]


class TestLeverEditionAt:
    def test_finds_none_before_the_first(self) -> None:
        with pytest.raises(NoLeversYet):
            lever_edition_at(on=lever_editions()[0].as_of - dt.timedelta(days=1))


class TestLeverEditionsRead:
    def test_orders_by_date_and_number(self, tmp_path: Path) -> None:
        for name, as_of in (("levers-10", "2026-02-01"), ("levers-9", "2026-02-01"), ("levers-11", "2026-01-01")):
            (tmp_path / f"{name}.json").write_bytes(edition(LEVER, name=name, as_of=as_of))

        assert [known.id for known in lever_editions_read(folder=tmp_path)] == ["levers-11", "levers-9", "levers-10"]

    def test_refuses_a_file_by_another_name(self, tmp_path: Path) -> None:
        (tmp_path / "levers-2.json").write_bytes(edition(LEVER))

        with pytest.raises(LeversMalformed):
            lever_editions_read(folder=tmp_path)


class TestLeverEditionParse:
    def test_reads_numbers_exactly_and_leaves_what_is_not_said_open(self) -> None:
        content = edition({**LEVER, "risk_cover": 0}).replace(b'"risk_cover": 0', b'"risk_cover": 0.7')

        lever = lever_edition_parse(content=content).levers["one"]

        assert (lever["risk_cover"], lever["classes"], lever["premium"]) == (Decimal("0.7"), None, None)

    @pytest.mark.parametrize(
        "content",
        [
            b"no json",
            b"[]",
            edition(LEVER, LEVER),
            edition({**LEVER, "kind": "luck"}),
            edition({**LEVER, "confidence": "D"}),
            edition({**LEVER, "source": ""}),
            edition({**LEVER, "as_of": None}),
            edition({**LEVER, "colour": "red"}),
            edition({**LEVER, "premium": "much"}),
            edition({name: value for name, value in LEVER.items() if name != "source"}),
            edition(LEVER, as_of="soon"),
        ],
    )
    def test_refuses_what_is_no_edition(self, content: bytes) -> None:
        with pytest.raises(LeversMalformed):
            lever_edition_parse(content=content)

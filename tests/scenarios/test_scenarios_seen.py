"""Under real conditions each planted mistake shows where the table says, and the README has the numbers."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cxr_tui.guide.registry import GUIDE
from scenarios.table_seen import HEALED, ROWS, SCREENS_ONLY, Row, Seen, named
from support.paths import ROOT
from support.processes.preloaded_python import cxr_tui

README = ROOT / "README.md"
CASES = [(row, kind) for row in ROWS for kind in ("default", "bare")]


@pytest.mark.sampled(1)
@pytest.mark.parametrize(("row", "kind"), CASES, ids=[f"{row.code}-{kind}" for row, kind in CASES])
def test_a_trap_shows_where_the_table_says(tmp_path: Path, row: Row, kind: str) -> None:
    seen: Seen | None = getattr(row, kind)
    # what a step cannot see at its turn shows when it is checked again, after the step that it names
    until = ("--until", GUIDE.step(seen.step).checked_after or seen.step) if seen is not None else ()
    words = ("--people", "200", "--scenario", row.code, *until, "--json", *(("--bare",) if kind == "bare" else ()))
    ended = cxr_tui("rehearse", *words, home=tmp_path, limit=240)
    shown = [
        (step["id"], one["code"])
        for step in ended.document["steps"]
        for one in step["findings"]
        if one["status"] in ("fail", "warn")
    ]
    if seen is None:
        assert row.code not in [code for _, code in shown]
    else:
        assert (seen.step, seen.symptom or row.code) in shown
        assert named(seen) == (row.code in [code for _, code in shown])


def test_the_readme_has_the_numbers_of_the_table() -> None:
    numbers = re.search(
        r"names (\d+) of the (\d+) by their cause, `--bare` (\d+), `--screens` (\d+)", README.read_text()
    )
    assert numbers is not None
    hidden = {row.code for row in ROWS if not named(row.default)}
    assert hidden == SCREENS_ONLY | HEALED
    assert [int(one) for one in numbers.groups()] == [
        sum(named(row.default) for row in ROWS),
        len(ROWS),
        sum(named(row.bare) for row in ROWS),
        len(ROWS) - len(HEALED),
    ]

"""A rehearsal of all 26 steps over real sockets, and whether its numbers are true."""

from __future__ import annotations

import time
from typing import Any

import pytest
from programs import cxr_tui

from cxr_tui.guide.order import GUIDE

ATTESTED = {
    # Nothing outside a browser shows these; every other step has evidence.
    "record-handling",
    "import-key",
    "destination-specification",
    "export-notification",
    "source-connectivity",
    "source-specification",
    "import-notification",
    "import-schedule",
}


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], float]:
    started = time.monotonic()
    ended = cxr_tui("rehearse", "--json", home=tmp_path_factory.mktemp("home"))
    assert ended.code == 0, ended.err + ended.out
    return ended.document, time.monotonic() - started


def test_it_takes_less_than_a_minute(rehearsed: tuple[dict[str, Any], float]) -> None:
    assert rehearsed[1] < 60


def test_the_document_is_as_scripts_expect_it(rehearsed: tuple[dict[str, Any], float]) -> None:
    document = rehearsed[0]
    assert list(document) == ["schema", "integration", "steps", "ok"]
    assert (document["schema"], document["ok"]) == (1, True)
    assert [step["id"] for step in document["steps"]] == [step.id for step in GUIDE.steps]
    for step in document["steps"]:
        assert set(step) == {"id", "state", "findings"}
        for finding in step["findings"]:
            assert set(finding) == {"code", "status", "seen", "why", "remedy"}


def test_nothing_is_wrong_doubtful_or_unseen(rehearsed: tuple[dict[str, Any], float]) -> None:
    other = [
        (step["id"], finding["code"], finding["seen"])
        for step in rehearsed[0]["steps"]
        for finding in step["findings"]
        if finding["status"] != "pass"
    ]
    assert other == []


def test_every_step_with_evidence_is_proven(rehearsed: tuple[dict[str, Any], float]) -> None:
    attested = {step["id"] for step in rehearsed[0]["steps"] if step["state"] == "attested"}
    proven = {step["id"] for step in rehearsed[0]["steps"] if step["state"] == "proven"}
    assert attested <= ATTESTED
    assert proven | attested == {step.id for step in GUIDE.steps}

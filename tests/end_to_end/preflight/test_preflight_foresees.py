"""What preflight foresees of a rehearsal export is what the sandbox's import then does, row for row."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest

from cxr_tui.domain.finding import Status
from cxr_tui.preflight.import_options import ImportOptions, Target
from cxr_tui.preflight.result import PreflightResult
from cxr_tui.preflight.validation.rules import REASON
from cxr_tui.sandbox.audience.import_file import FileFormat, read_incoming, sort_rows
from cxr_tui.sandbox.audience.import_file import Target as SandboxTarget
from cxr_tui.sandbox.shared.screens import PageError
from support.preflight_files import HEADER, KINDS, Case, records
from support.reference_reader import write
from support.sandboxes.preflight_rehearsal import OURS, THEIRS, rehearsal


def foreseen(answer: PreflightResult) -> dict[str, list[int]]:
    """Return the lines by the import's own words; ten of each reason at most."""
    lines: dict[str, list[int]] = {}
    for one in answer.reasons:
        if REASON[one.code].rejects:
            lines.setdefault(REASON[one.code].words, []).extend(one.lines)
    return {words: sorted(found) for words, found in lines.items()}


def rejected(run: Mapping[str, Any]) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = {}
    for row in run["rejected_rows"]:
        lines.setdefault(row["reason"], []).append(row["line"])
    return {words: sorted(found) for words, found in lines.items()}


async def test_the_import_rejects_exactly_the_rows_that_were_foreseen() -> None:
    async with rehearsal("delimiter-in-data", "rows-rejected") as stage:
        answer = await stage.foresee(await stage.export(OURS))
        assert not answer.fails
        found = {one.code for one in answer.findings if one.status is Status.FAIL}
        assert found == {"delimiter-in-data", "rows-rejected"}
        run = await stage.take_in(await stage.export(THEIRS))
        assert run["status"] == "succeeded"
        assert rejected(run) == foreseen(answer)
        assert set(foreseen(answer)) == {
            "INVALID DATA FORMAT",
            "INVALID FORMAT FOR MOBILE NUMBER",
            "INVALID FORMAT FOR MOBILE COUNTRY",
        }
        assert (run["processed"], run["rejected"]) == (answer.rows, answer.rejected)
        assert run["loaded"] == answer.match.distinct


async def test_a_file_in_order_is_taken_whole() -> None:
    async with rehearsal() as stage:
        ours = await stage.export(OURS)
        answer = await stage.foresee(ours)
        assert answer.ok, answer.findings
        theirs = await stage.export(THEIRS)
        run = await stage.take_in(theirs)
        assert (run["status"], run["processed"], run["rejected"]) == ("succeeded", answer.rows, 0)
        assert answer.accepted == answer.rows == run["loaded"]


async def test_a_file_for_another_key_is_foreseen_and_the_import_fails() -> None:
    async with rehearsal("file-wrong-recipient") as stage:
        file = await stage.export()
        answer = await stage.foresee(file)
        [wrong] = answer.findings
        assert (wrong.code, wrong.status) == ("file-wrong-recipient", Status.FAIL)
        assert stage.import_key_ids[0] in wrong.seen
        assert answer.recipients[0] in wrong.seen
        assert (answer.fails, answer.complete, answer.accepted) == (True, False, 0)
        run = await stage.take_in(file)
        assert (run["status"], run["loaded"]) == ("failed", 0)
        assert "encrypted with another key" in " ".join(run["log"])


async def test_a_file_without_column_names_fails_as_foreseen() -> None:
    async with rehearsal("header-off") as stage:
        answer = await stage.foresee(await stage.export(OURS))
        assert [one.code for one in answer.findings if one.status is Status.FAIL] == ["header-off"]
        assert (answer.fails, answer.accepted) == (True, 0)
        run = await stage.take_in(await stage.export(THEIRS))
        assert (run["status"], run["loaded"]) == ("failed", 0)
        assert "The file has no column" in " ".join(run["log"])


async def test_a_wrong_mapping_is_foreseen_and_the_job_cannot_be_activated() -> None:
    async with rehearsal("mapping-wrong") as stage:
        answer = await stage.foresee(await stage.export(OURS))
        wrong, doubtful = [one for one in answer.findings if one.code == "mapping-wrong"]
        assert (wrong.status, doubtful.status) == (Status.FAIL, Status.WARN)
        for said in ("LIFETIME_VALUE to LOYALTY_TIERS", "are all mapped to CITY_"):
            assert said in wrong.seen
        assert "RIID_ to RIID_" in doubtful.seen
        assert (answer.fails, answer.accepted) == (True, 0)
        with pytest.raises(PageError, match="LOYALTY_TIERS"):
            await stage.take_in(await stage.export(THEIRS))


@pytest.mark.sampled(1)
@pytest.mark.parametrize("enclosure", ["", '"'])
@pytest.mark.parametrize("match_column", ["CUSTOMER_ID_", "EMAIL_ADDRESS_"])
def test_every_defect_is_judged_as_the_import_does(enclosure: str, match_column: str) -> None:
    """Hold both against the same file with every defect there is, and compare every line of every reason."""
    chance = random.Random(7)  # noqa: S311 - the same files every time
    rows = [HEADER, *records(chance, 600, 0.2, "," if not enclosure else "\0")]
    lines: dict[str, list[int]] = {}
    for start in range(1, len(rows), 40):  # preflight names ten lines of each reason, so it gets few records at once
        content = write([HEADER, *rows[start : start + 40]], delimiter=",", enclosure=enclosure)
        case = Case(content, enclosure=enclosure, match_column=match_column)
        target = SandboxTarget(match_column, tuple(case.mapping.items()))
        _, theirs = sort_rows(
            read_incoming(content, FileFormat("utf-8", ",", enclosure, True)), target, list(KINDS.items())
        )
        told: dict[str, list[int]] = {}
        for line, reason in theirs:
            told.setdefault(reason, []).append(line)
        answer = case.answer()
        assert all(len(one.lines) == one.rows or one.rows > 10 for one in answer.reasons)
        counts = {words: len(found) for words, found in told.items()}
        ours: dict[str, int] = {}
        for one in answer.reasons:
            if REASON[one.code].rejects:
                ours[REASON[one.code].words] = ours.get(REASON[one.code].words, 0) + one.rows
        assert ours == counts
        for words, found in foreseen(answer).items():
            if len(found) == counts[words]:
                assert found == sorted(told[words])
            assert set(found) <= set(told[words])
        lines |= told
    assert len(lines) == 5  # every reason came up


async def test_the_export_writes_dates_in_the_download_format_of_its_account() -> None:
    async with rehearsal("date-format-differs") as stage:
        mapping = {name: name for name in ("CUSTOMER_ID_", "CREATED_DATE_")}
        options = ImportOptions(target=Target("CUSTOMER_ID_", mapping, date_format="MM/dd/RRRR HH24:mi:ss"))
        answer = await stage.foresee(await stage.export(OURS), options)
        assert "date-format-differs" in {one.code for one in answer.findings}
        assert answer.rejected == 0

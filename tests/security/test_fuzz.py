"""A small slice of what `fuzz.py` does, the same at every run, and every input that was ever found."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import HealthCheck, given, settings

from cxr_tui.domain.answers import Known, whole_number
from fuzz.fuzz_found import FOUND
from fuzz.fuzz_shapes import inputs_of
from fuzz.fuzz_target import FuzzTarget
from fuzz.fuzz_targets import BY_NAME, TARGETS
from support.paths import program
from support.processes.resource_limits import bounded
from support.sampling import amount

EXAMPLES = amount(daily=16, whole=60)


@pytest.mark.parametrize("name", FOUND)
def test_what_was_found_once_is_borne(name: str) -> None:
    for data in FOUND[name]:
        with bounded(seconds=3, megabytes=200):
            BY_NAME[name].parse(data)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_a_slice_of_all_inputs_is_borne(target: FuzzTarget) -> None:
    for seed in target.seeds():
        target.parse(seed)

    @settings(
        max_examples=EXAMPLES if target.share > 5 else EXAMPLES // 4,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs_of(target))
    def tried(data: bytes) -> None:
        target.parse(data)

    tried()


@pytest.mark.parametrize("text", ["²", "\x1c7", "٣", "9" * 19, "9" * 5000, "", " ", "-1", "1e5", "0x1", "1_0", "１"])
def test_what_is_no_plain_number_is_none(text: str) -> None:
    assert whole_number(text) is None
    assert Known({"a.b": text}).number("a.b", 7) == 7


def test_plain_numbers_are_read() -> None:
    assert [whole_number(text) for text in ("0", "007", " 12\n", "9" * 18)] == [0, 7, 12, 10**18 - 1]


@pytest.mark.sampled(0)
def test_the_command_counts_measures_and_keeps_what_it_finds() -> None:
    """Run it over one parser, by the engine that is always here."""
    command = [*program("fuzz.fuzz"), "--engine", "hypothesis", "--inputs", "200"]
    ended = subprocess.run([*command, "address"], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "nothing was found" in ended.stdout
    inputs = [int(line.split()[2].replace(",", "")) for line in ended.stdout.splitlines() if line.startswith("address")]
    assert sum(inputs) >= 200

"""Settings: where each value comes from, and every problem named at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxr_tui.config.loader import Loaded, load
from cxr_tui.config.settings import SETTINGS, Settings
from support.processes.resource_limits import bounded

[NAME_SAYS] = [one.says for one in SETTINGS if one.name == "integration"]


def loaded(tmp_path: Path, text: str = "", told: dict[str, str | bool] | None = None, **environment: str) -> Loaded:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load({"CXR_TUI_CONFIG": str(file), **environment}, dict(told or {}))


def test_without_anything_the_defaults_are_in_force(tmp_path: Path) -> None:
    found = load({"CXR_TUI_CONFIG": str(tmp_path / "none.toml")})
    assert found.settings == Settings()
    assert {one.source for one in found.values.values()} == {"default"}
    assert found.problems == ()


def test_the_command_line_comes_before_environment_before_file_before_default(tmp_path: Path) -> None:
    text = '# mine\nintegration = "acme"\n\ntheme = "light"\npeople = 70\n[keymap]\n"step.check" = "f5,ctrl+s"\n'
    found = loaded(tmp_path, text, {"integration": "bravo"}, CXR_TUI_PEOPLE="80", CXR_TUI_INTEGRATION="charlie")
    assert (found.settings.integration, found.values["integration"].source) == ("bravo", "command line")
    assert (found.settings.people, found.values["people"].source) == (80, "environment CXR_TUI_PEOPLE")
    assert (found.settings.theme, found.values["theme"].source) == ("light", f"{tmp_path}/config.toml:4")
    assert (found.settings.keymap, found.values["keymap"].source) == (
        {"step.check": "f5,ctrl+s"},
        f"{tmp_path}/config.toml:6",
    )
    assert found.values["watch_seconds"].source == "default"


def test_every_problem_is_named_with_its_place_and_what_would_be_right(tmp_path: Path) -> None:
    text = 'teme = "dark"\npeople = "many"\ntheme = "drak"\nplain = 1\nintegration = "../x"\nkeymap = {a = 1}\n'
    found = loaded(tmp_path, text, CXR_TUI_WATCH_SECONDS="0", CXR_TUI_CLIPBOARD_SECONDS="soon")
    where = f"{tmp_path}/config.toml"
    assert found.problems == (
        f"{where}:1: teme is not a setting; did you mean theme?",
        f"{where}:2: people takes a whole number, not many",
        f"{where}:3: theme: drak is not a choice; did you mean dark?",
        f"{where}:4: plain takes true or false, not 1",
        f"{where}:5: integration takes {NAME_SAYS}, not ../x",
        f"{where}:6: keymap takes a table of text values, not {{'a': 1}}",
        "environment CXR_TUI_WATCH_SECONDS: watch_seconds takes a number from 1 to 86400, not 0",
        "environment CXR_TUI_CLIPBOARD_SECONDS: clipboard_seconds takes a whole number, not soon",
    )
    assert found.settings == Settings(), "what is wrong is not in force"


def test_what_is_no_toml_is_one_problem_and_cannot_steer_the_terminal(tmp_path: Path) -> None:
    [problem] = loaded(tmp_path, 'theme = "\x1b[31m').problems
    assert "is not TOML" in problem
    assert "\x1b" not in problem
    [problem] = loaded(tmp_path, '"\\u001b[31m" = 1').problems
    assert "\x1b" not in problem


@pytest.mark.parametrize(
    ("environment", "plain", "source"),
    [
        ({}, False, "default"),
        ({"TERM": "dumb"}, True, "environment TERM=dumb"),
        ({"ACCESSIBLE": "1"}, True, "environment ACCESSIBLE"),
        ({"CXR_TUI_PLAIN": "1"}, True, "environment CXR_TUI_PLAIN"),
        ({"CXR_TUI_PLAIN": "no", "ACCESSIBLE": "1", "TERM": "dumb"}, False, "environment CXR_TUI_PLAIN"),
        ({"TERM": "xterm-256color"}, False, "default"),
    ],
)
def test_the_environment_chooses_plain(tmp_path: Path, environment: dict[str, str], plain: bool, source: str) -> None:
    found = load({"CXR_TUI_CONFIG": str(tmp_path / "none.toml"), **environment})
    assert (found.settings.plain, found.values["plain"].source) == (plain, source)


LARGE = {
    "unknown keys": "".join(f"k{number:04} = 1\n" for number in range(5_000)),
    "a text of many lines": 'theme = """' + "x\n" * 30_000 + '"""\n',
    "a list of many lines": "integration = [\n" + "1,\n" * 20_000 + "]\n",
    "tables": "".join(f"[t{number:04}]\n" for number in range(7_000)),
    "comments and blank lines": "# x\n\n" * 12_000,
    "quotes": "theme = '" + '"' * 60_000 + "'\n",
    "brackets": "integration = " + "[" * 90 + " " * 60_000 + "]" * 90,
}


@pytest.mark.parametrize("name", LARGE)
def test_a_large_file_is_read_at_once(tmp_path: Path, name: str) -> None:
    (tmp_path / "config.toml").write_text(LARGE[name])
    with bounded(seconds=2, megabytes=200):
        found = load({"CXR_TUI_CONFIG": str(tmp_path / "config.toml")})
    assert bool(found.problems) is (name != "comments and blank lines")

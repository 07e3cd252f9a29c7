"""The habits of a command line: help whose examples hold, settings with their sources, exit codes, quick answers."""

from __future__ import annotations

import io
import json
import resource
import shlex
import subprocess
import sys
from argparse import Namespace
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest

from cxr_tui.cli.commands.wizard import plain_because
from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.help_topics import TOPICS, command_pages
from cxr_tui.cli.main import main
from cxr_tui.cli.parser import parser
from cxr_tui.config.settings import SETTINGS, Settings, schema
from cxr_tui.tui.actions.table import ALL_ACTIONS
from support.processes.cli_process import Ended, environment

COMMANDS = [name for name in command_pages() if name != "wizard"]
SETTING_NAMES = [one.name for one in SETTINGS]


def shown(*arguments: str, home: Path, **more: str) -> Ended:
    ended = subprocess.run(
        [sys.executable, "-m", "cxr_tui", *arguments],
        env={**environment(home), "COLUMNS": "80", **more},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def test_every_command_has_examples_that_its_parser_takes(capsys: pytest.CaptureFixture[str]) -> None:
    [choices] = [action for action in parser()._actions if action.dest == "==SUPPRESS=="]
    assert sorted(choices.choices or ()) == sorted(COMMANDS)
    for name, command in command_pages().items():
        lines = [line.strip() for line in command.examples.splitlines() if line and not line.startswith("  #")]
        assert lines, name
        for line in lines:
            words = shlex.split(line.partition(" > ")[0].partition(" < ")[0])
            assert words[0] == "cxr-tui"
            parsed = parser().parse(words[1:])
            assert name == "wizard" or parsed.command in (name, "wizard", "check"), line
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "line",
    [
        "--scenario missing-list-role",
        "--fault latency=5",
        "--people 5",
        "--bare",
        "--screens",
        "--at DIR --screens",
        "--sandbox --bare --screens",
        "rehearse --bare --screens",
        "sandbox --bare --screens",
        "-i acme --screens check",
        "--bare apply answers.toml",
        "--at DIR --scenario missing-list-role",
        "--sandbox --at DIR",
        "--sandbox status",
        "--sandbox apply answers.toml",
        "--scenario missing-list-role check",
        "-i acme rehearse",
        "--people 5 rotate",
        "--sandbox rotate",
        "-i acme explain PASSWORD_LOCKOUT",
        "rotate --abort --after-reset",
        "rotate --due --dry-run",
        "-i acme rotate --due",
        "--at DIR sandbox",
        "status --all -i acme",
        "preflight file.csv --email a@acme.example",
        "preflight file.csv --passphrase-stdin",
        "--at DIR config",
    ],
)
def test_options_without_effect_are_named_and_nothing_is_opened(
    line: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr("cxr_tui.cli.run.start", lambda args, _: opened.append(args.command))
    monkeypatch.setattr("cxr_tui.cli.main._load", lambda _: lambda args: opened.append(args.command))
    with suppress(SystemExit):
        opened.append(f"ended with {main(line.split())}")
    assert not opened
    assert "no effect" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("line", "people", "scenario"),
    [
        ("--people 7 --scenario a rehearse", 7, ["a"]),
        ("rehearse --scenario a --scenario b", None, ["a", "b"]),
        ("--sandbox --scenario a --people 7", 7, ["a"]),
        ("sandbox", None, []),
    ],
)
def test_options_of_the_sandbox_count_before_and_behind_the_command(
    line: str, people: int | None, scenario: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Namespace] = []
    monkeypatch.setattr("cxr_tui.cli.run.start", lambda args, _: seen.append(args))
    main(line.split())
    assert (seen[0].people, seen[0].scenario) == (people, scenario)


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_fits_eighty_columns_and_ends_with_exit_codes(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit) as ended:
        parser().parse_args([name, "--help"] if name else ["--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert [line for line in out.splitlines() if len(line) > 80 and "completions" not in line] == []
    for part in ("examples:", "exit codes:", "help environment"):
        assert part in out


def test_topics_tell_what_the_program_itself_holds(tmp_path: Path) -> None:
    page = shown("help", "environment", home=tmp_path).out
    for one in SETTINGS:
        assert not one.variable or f"  {one.variable}\n" in page
    codes = shown("help", "exit-codes", home=tmp_path).out
    assert [int(line.split()[0]) for line in codes.splitlines()[2:] if line] == [code.value for code in Exit]
    files = shown("help", "files", home=tmp_path).out
    assert f"{tmp_path}/integrations/NAME/journal.db" in files
    assert "cxr-tui --sandbox" in shown("help", "wizard", home=tmp_path).out
    assert f"{tmp_path}/crashes" in files
    assert "--no-plain" in shown("help", "plain", home=tmp_path).out
    keys = shown("help", "keys", home=tmp_path).out
    assert [action.binding_id for action in ALL_ACTIONS if action.key and action.binding_id not in keys] == []
    everything = shown("help", home=tmp_path).out
    for topic in TOPICS:
        assert f"cxr-tui help {topic}" in everything
    wrong = shown("help", "rotat", home=tmp_path)
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean rotate?" in wrong.err


def test_xdg_folders_are_honoured(tmp_path: Path) -> None:
    folders = {
        "CXR_TUI_HOME": "",
        "XDG_CONFIG_HOME": str(tmp_path / "c"),
        "XDG_DATA_HOME": str(tmp_path / "d"),
        "XDG_STATE_HOME": str(tmp_path / "s"),
    }
    page = shown("help", "files", home=tmp_path, **folders).out
    assert f"{tmp_path}/c/cxr-tui/config.toml" in page
    assert f"{tmp_path}/d/cxr-tui/integrations" in page
    assert f"{tmp_path}/s/cxr-tui/crashes" in page
    (tmp_path / "c/cxr-tui").mkdir(parents=True)
    (tmp_path / "c/cxr-tui/config.toml").write_text('integration = "acme"\n')
    told = shown("config", "--json", home=tmp_path, **folders).document["settings"]["integration"]
    assert told == {"value": "acme", "source": f"{tmp_path}/c/cxr-tui/config.toml:1"}
    assert "There is no integration “acme” yet." in shown("status", home=tmp_path, **folders).err


def test_config_shows_every_value_with_its_source(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('\ntheme = "light"\n[keymap]\n"wizard.check" = "f5,ctrl+s"\n')
    more = {"CXR_TUI_CONFIG": str(file), "CXR_TUI_PEOPLE": "70"}
    ended = shown("-i", "bravo", "config", "show", "--json", home=tmp_path, **more)
    assert (ended.code, ended.document["schema"], ended.document["ok"]) == (0, 1, True)
    assert ended.document["file"] == str(file)
    settings = ended.document["settings"]
    assert list(settings) == SETTING_NAMES
    assert settings["theme"] == {"value": "light", "source": f"{file}:2"}
    assert settings["keymap"] == {"value": {"wizard.check": "f5,ctrl+s"}, "source": f"{file}:3"}
    assert settings["people"] == {"value": 70, "source": "environment CXR_TUI_PEOPLE"}
    assert settings["integration"] == {"value": "bravo", "source": "command line"}
    assert settings["plain"] == {"value": False, "source": "default"}
    plain = shown("config", home=tmp_path, **more).out
    assert 'theme = "light"\n' in plain
    assert f"    from: {file}:2; also set by environment CXR_TUI_THEME\n" in plain


def test_a_configuration_that_is_not_right_stops_every_other_command_with_all_its_problems(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('teme = "dark"\n\npeople = 0\n')
    problems = [
        f"{file}:1: teme is not a setting; did you mean theme?",
        f"{file}:3: people takes a number from 1 to 1000000, not 0",
    ]
    stopped = shown("status", home=tmp_path, CXR_TUI_CONFIG=str(file))
    assert (stopped.code, stopped.out, stopped.err.splitlines()) == (2, "", problems)
    strange = "environment CXR_TUI_THEM is not a variable of this program; did you mean CXR_TUI_THEME?"
    told = shown("config", home=tmp_path, CXR_TUI_CONFIG=str(file), CXR_TUI_THEM="light")
    assert (told.code, told.err.splitlines()) == (1, [*problems, strange])
    document = shown("config", "--json", home=tmp_path, CXR_TUI_CONFIG=str(file)).document
    assert (document["problems"], document["ok"]) == (problems, False)
    file.write_text("people = 10\n")
    told = shown("config", home=tmp_path, CXR_TUI_CONFIG=str(file))
    assert (told.code, told.err) == (0, "")


def test_keys_that_the_full_screen_cannot_use_are_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[keymap]\n"wizard.chek" = "f5"\n')
    told = shown("config", home=tmp_path, CXR_TUI_CONFIG=str(file))
    assert told.code == 1
    assert told.err.startswith(f"{file}:1: keymap: wizard.chek is no action")
    assert "did you mean wizard.check?" in told.err


def test_the_schema_takes_what_the_program_takes_and_refuses_what_it_refuses(tmp_path: Path) -> None:
    printed = json.loads(shown("config", "schema", home=tmp_path).out)
    assert printed == schema()
    validator = jsonschema.Draft202012Validator(printed)
    validator.check_schema(printed)
    good = {one.name: one.default for one in SETTINGS}
    assert list(validator.iter_errors(good)) == []
    for name, value in (
        ("theme", "drak"),
        ("people", 0),
        ("people", "many"),
        ("plain", 1),
        ("integration", "../x"),
        ("keymap", {"a": 1}),
        ("teme", "dark"),
    ):
        assert list(validator.iter_errors({name: value})), name


def test_a_setting_is_used_and_an_option_overrides_it(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('integration = "acme"\nplain = true\n')
    more = {"CXR_TUI_CONFIG": str(file)}
    assert "There is no integration “acme” yet." in shown("status", home=tmp_path, **more).err
    assert "There is no integration “other” yet." in shown("-i", "other", "status", home=tmp_path, **more).err
    assert "There is no integration “last” yet." in shown("status", "-i", "last", home=tmp_path, **more).err


@pytest.mark.parametrize("arguments", [("--version",), ("status", "--help"), ("config",), ("completion", "bash")])
def test_answers_about_the_program_itself_come_at_once(arguments: tuple[str, ...], tmp_path: Path) -> None:
    """By the processor's time, which other processes on the machine do not change much; the best of five."""
    taken = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        ended = shown(*arguments, home=tmp_path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert ended.code == 0
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(taken) < 0.3  # a third of it on a quiet machine; a library too many takes longer


@pytest.mark.parametrize("name", ["stdin", "stdout", "stderr"])
def test_the_wizard_is_plain_where_a_stream_is_no_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for one in ("stdin", "stdout", "stderr"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        monkeypatch.setattr(stream, "isatty", lambda one=one: one != name)
        monkeypatch.setattr(sys, one, stream)
    assert plain_because(Namespace(settings=Settings())).endswith("is not a terminal")

"""A journal in which every word is hostile, through every command that prints and both kinds of wizard.

Whatever got into a journal, by a server, a file or a person, is text on the terminal: the bytes are those of a real
pseudo terminal, and no step of the way is left out because its answer was refused when it was entered.
"""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from cxr_tui.cli.exit_codes import Exit
from cxr_tui.cli.help_topics import command_pages
from cxr_tui.domain.text import is_hidden
from cxr_tui.journal.store import Entry, Journal, RecordKind
from end_to_end.reports.test_handover import OURS
from support.drivers.raw_terminal import ERASED, SEQUENCES, foreign_bytes, on_a_terminal, raw_terminal
from support.sampling import amount
from support.worlds.recorded_journals import records

WORDS = (
    "\x1b[2J\x1b[31mPWNED",
    "\x1b]0;PWNED\x07",
    "\x1b]52;c;UFdORUQ=\x07PWNED",
    "\x9b31mPWNED",
    "PWNED\r\nline two\x08\x0c",
    "\u202ePWNED\u2066",
    "[red]PWNED[/]",
    "[@click=app.exit]PWNED[/]",
    "</style><script>PWNED</script><img src=x onerror=PWNED>",
    "=cmd|' /C calc'!A0 PWNED",
    "![PWNED](http://pwned.example/x)|`x`",
)
KEPT = frozenset({"verdict", "status", "date", "time", "schedule", "end_date", "expiration", "sign_in", "login_host"})
"""Words that the program has written itself, or takes from a few: without them there would be nothing to show."""


class Hostile:
    """Puts one of the words after the other in the place of every text."""

    def __init__(self) -> None:
        self._next = 0

    def entry(self, one: Entry) -> Entry:
        body = dict(one.body)
        if one.kind is RecordKind.ANSWER and body["name"] not in KEPT:
            body["value"] = self._all(body["value"])
        elif one.kind is RecordKind.OUTCOME:
            outcome = dict(body["outcome"])
            outcome["findings"] = [
                {**told, **{name: self._word() for name in ("code", "seen", "why", "remedy")}}
                for told in outcome["findings"]
            ]
            outcome["facts"] = {
                name: value if name in KEPT or name.endswith("time") else self._all(value)
                for name, value in outcome["facts"].items()
            }
            if outcome["waiting"]:
                outcome["waiting"] = {**outcome["waiting"], "on": self._word(), "usual": self._word()}
            body["outcome"] = outcome
        elif one.kind is RecordKind.CONFIRMATION:
            body["by"] = self._word()
        elif one.kind is RecordKind.RUN:
            body = {name: self._word() if name in ("outcome", "message") else value for name, value in body.items()}
        return Entry(one.kind, one.step, body)

    def _word(self) -> str:
        self._next += 1
        return WORDS[self._next % len(WORDS)]

    def _all(self, value: Any) -> Any:  # noqa: ANN401 - as JSON has it
        match value:
            case str():
                return self._word()
            case list():
                return [self._all(one) for one in value]
            case dict():
                return {self._word(): self._all(one) for one in value.values()}
            case _:
                return value


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with such an integration, and files that go with the commands."""
    folder = tmp_path_factory.mktemp("hostile-journal")
    journal, hostile = Journal(folder / "integrations" / "default" / "journal.db"), Hostile()
    for at, entry in records("whole"):
        journal.append(at, [hostile.entry(entry)])
    journal.close()
    (folder / "answers.toml").write_text(
        '[account]\naccount_name = "\\u001b[31mPWNED"\n[export-notification]\nwhen = "[red]PWNED[/]\\u202e"\n'
    )
    (folder / "f.csv").write_text("\x1b[31mPWNED,\u202ePWNED,=PWNED()\n\x1b]0;PWNED\x07,[red]PWNED[/],x\n", "utf-8")
    (folder / "config.toml").write_text('"\\u001b[31mPWNED" = 1\ntheme = "[red]PWNED\\u009b"\n')
    return folder


COMMANDS: dict[tuple[str, ...], bool] = {
    ("report",): True,
    ("report", "--format", "html"): True,
    ("report", "--format", "json"): True,
    ("report", "--texts"): True,
    ("report", "--texts", "all", "--format", "json"): True,
    ("report", "--texts", "\x1b[31mPWNED"): True,
    ("report", "--output", "/nowhere/\x1b[31mPWNED"): True,
    ("status",): False,
    ("status", "--json"): True,
    ("status", "--all"): False,
    ("status", "--all", "--json"): True,
    ("--plain", "status"): False,
    ("check",): True,
    ("check", "--json"): True,
    ("check", "--dry-run"): False,
    ("check", "--dry-run", "--json"): False,
    ("apply", "answers.toml", "--review"): True,
    ("apply", "answers.toml", "--review", "--json"): True,
    ("apply", "answers.toml", "--dry-run"): False,
    ("apply", "answers.toml"): False,
    ("apply", "answers.toml", "--json"): True,
    ("rehearse", "--people", "20", "--answers", "answers.toml", "--until", "add-user"): False,
    ("rehearse", "--people", "20", "--answers", "answers.toml", "--until", "add-user", "--json"): False,
    ("rotate",): False,
    ("rotate", "--json"): False,
    ("rotate", "--dry-run"): False,
    ("rotate", "--due", "--json"): False,
    ("preflight",): False,
    ("preflight", "f.csv"): True,
    ("preflight", "f.csv", "--json"): True,
    ("preflight", "sftp:\x1b[31mPWNED", "--json"): False,
    ("doctor",): True,
    ("doctor", "--json"): True,
    ("config",): True,
    ("config", "--json"): True,
    ("sandbox", "--fault", "\x1b[31mPWNED"): True,
    ("completion", "\x1b[31mPWNED"): True,
    ("help", "\x1b[31mPWNED"): True,
    ("explain", "\x1b[31mPWNED"): False,
    ("erase", "--records", "--yes", "--json"): False,
    ("erase", "--answers", "--yes"): False,
}
"""Commands, and whether a hostile word has to be in what they print; others may well have some."""


def test_every_command_is_among_them() -> None:
    named = {word for command in COMMANDS for word in command[:2]}
    assert set(command_pages()) - {"wizard"} <= named
    for command in ("report", "status", "check", "apply", "rehearse", "rotate", "preflight", "doctor", "config"):
        assert any(command in one and ("--json" in one or "json" in one) for one in COMMANDS), command


@pytest.mark.sampled(3)
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_hostile_journal_is_printed_as_text(home: Path, command: tuple[str, ...]) -> None:
    files = ("answers.toml", "f.csv")
    settings = {"CXR_TUI_CONFIG": str(home / "config.toml")} if command[0] == "config" else {}
    output, code = on_a_terminal(home, *(str(home / one) if one in files else one for one in command), **settings)
    assert code in (0, 1, 2, 3, 4), output[-3000:]
    assert not COMMANDS[command] or b"PWNED" in output, output[-3000:]
    assert foreign_bytes(output, ERASED) == []
    if ("--json" in command or "json" in command) and code != Exit.USAGE:
        told = json.loads(output[output.index(b"{") : output.rindex(b"}") + 1])
        second = command[0] in ("apply", "check", "rehearse", "report") and not {"--review", "--texts"} & set(command)
        assert told["schema"] == (2 if second or "--dry-run" in command else 1)
    if "html" in command:
        assert elements(output.decode()) <= OURS


def elements(page: str) -> set[str]:
    found: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)

    Reader().feed(page)
    return found


@pytest.mark.parametrize("form", ["md", "html", "json"])
def test_a_report_in_a_file_holds_no_hidden_character(home: Path, tmp_path: Path, form: str) -> None:
    output, code = on_a_terminal(home, "report", "--format", form, "--output", str(tmp_path / "report"))
    assert code == 0, output
    text = (tmp_path / "report").read_text("utf-8")
    assert "PWNED" in text
    assert [repr(char) for char in set(text) if char != "\n" and is_hidden(char)] == []


F1, F2, F3, F4, ESCAPE = b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b"
CTRL_J, CTRL_L, CTRL_O, CTRL_P, CTRL_Q, CTRL_R, CTRL_S = b"\x0a", b"\x0c", b"\x0f", b"\x10", b"\x11", b"\x12", b"\x13"


def test_the_wizard_draws_a_hostile_journal_with_its_own_sequences_only(home: Path) -> None:
    with raw_terminal(home, size=(120, 50)) as terminal:
        terminal.wait_for("of 26")
        terminal.settle()
        for keys in (F2, F1, CTRL_R, CTRL_P, CTRL_L, CTRL_O, CTRL_S, CTRL_J):
            terminal.press(keys)
            terminal.press(ESCAPE)
            terminal.press(ESCAPE)
        for _ in range(amount(daily=6, whole=26)):
            terminal.press(F3)
        for _ in range(amount(daily=3, whole=26)):
            terminal.press(F4)
        terminal.press(CTRL_Q)
        assert terminal.end() == 0
        output = bytes(terminal.output)
    assert "PWNED" in terminal.text
    assert foreign_bytes(output, SEQUENCES) == []
    assert b"\x1b[2J\x1b[31mPWNED" not in output
    assert b"\x1b]52" not in output


def test_plain_mode_reads_a_hostile_journal_out_as_text(home: Path) -> None:
    with raw_terminal(home, "--plain") as terminal:
        terminal.wait_for("]: ")
        for line in ("steps", "show", "instruction", "text", "text all", "jobs", "report", *["back"] * 25, "review"):
            terminal.press(line.encode() + b"\n")
        terminal.press(b"quit\n")
        terminal.press(b"\x04")
        terminal.end()
        output = bytes(terminal.output)
    assert "PWNED" in terminal.text
    assert foreign_bytes(output, ERASED) == []

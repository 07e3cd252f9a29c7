"""No byte from outside reaches the terminal as a sequence or as markup: names of every such kind, all over a sandbox.

The bytes are those of a real pseudo terminal, from every command and from the wizard; what the program itself sends is
taken out, and nothing that steers, hides or turns round may be left.
"""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from cxr_tui.cli.open_integration import open_sandboxed
from cxr_tui.cli.output import print_json
from cxr_tui.domain.text import is_hidden, json_printable, printable, visible
from cxr_tui.sandbox.client import attach_sandbox
from cxr_tui.sandbox.scenarios.hostile_names import HOSTILE_NAMES
from cxr_tui.security.exception_hooks import ExceptionHooks
from support.drivers.plain_terminal import ON_A_TERMINAL
from support.drivers.raw_terminal import ERASED, SEQUENCES, foreign_bytes, on_a_terminal, raw_terminal
from support.drivers.wizard_driver import Driven, driven
from support.processes.cli_process import sandbox_up

RAW = ("\x1b]0;PWNED", "\x1b[31mPWNED", "\x9b31mPWNED", "\u202eDENWP", "\u200bN", "\u2060", "\ufeff")


def assert_clean(output: bytes, *, plain: bool = True) -> None:
    for planted in RAW:
        assert planted.encode() not in output
    assert b"\x9b31m" not in output
    assert foreign_bytes(output, ERASED if plain else SEQUENCES) == []


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep a sandbox up that is full of such names, with an integration that was walked to go-live."""
    home = tmp_path_factory.mktemp("hostile")
    (home / "answers.toml").write_text("")
    with sandbox_up(home / "sandbox", "--people", "60", "--scenario", "hostile-names") as told:
        output, code = on_a_terminal(home, "--at", told["dir"], "apply", str(home / "answers.toml"))
        assert code == 0, output[-3000:]
        assert_clean(output)
        yield home / "sandbox"


SHOWING = {
    ("check", "--json"): True,
    ("check",): True,
    ("status",): False,
    ("status", "--json"): False,
    ("report",): True,
    ("report", "--format", "json"): True,
    ("report", "--format", "html"): True,
    ("preflight", "sftp:download/CUSTOMERS.csv.gpg"): False,
    ("preflight", "sftp:download/\x1b]0;PWNED\x07"): True,
    ("rotate", "--due"): False,
    ("doctor",): False,
    ("check", "\x1b[31mPWNED"): True,
    ("apply", "\x1b[31mPWNED"): True,
}
"""Commands, and whether such a name belongs to what they print."""


@pytest.mark.sampled(2)
@pytest.mark.parametrize("command", SHOWING, ids=" ".join)
def test_a_command_prints_hostile_names_as_text(up: Path, tmp_path: Path, command: tuple[str, ...]) -> None:
    output, code = on_a_terminal(tmp_path, "--at", str(up), *command)
    assert code in (0, 1, 2, 3, 4), output[-3000:]
    assert_clean(output)
    assert (b"PWNED" in output) is SHOWING[command]
    if "html" in command:
        assert b"<script" not in output
        assert b"<b>" not in output
    if "json" in " ".join(command):
        told = json.loads(output[output.index(b"{") :])
        assert (HOSTILE_NAMES[4] in json.dumps(told)) is SHOWING[command]


ARGUMENTS: tuple[tuple[str | bytes, ...], ...] = (
    ("\x1b]0;PWNED\x07",),
    ("check", "\x1b[31mPWNED"),
    ("-i", "\x1b[31mPWNED", "status"),
    ("apply", "\x1b[31mPWNED"),
    ("apply", "hostile.toml"),
    ("preflight", "\x1b[31mPWNED\u202e"),
    ("preflight", "hostile.csv"),
    ("preflight", "hostile.csv", "--columns", "\x1b[31mPWNED"),
    ("preflight", "hostile.csv", "--mapping", '{"\x1b[31mPWNED": 1}'),
    ("preflight", "hostile.csv", "--delimiter", "\x1b[31mPWNED"),
    ("preflight", "hostile.csv", "--charset", "\x1b[31mPWNED"),
    ("preflight", b"\x9b31mPWNED"),
    ("--at", "\x1b[31mPWNED", "status"),
    ("rehearse", "--people", "\x1b[31mPWNED"),
    ("rehearse", "--scenario", "\x1b[31mPWNED"),
    ("rehearse", "--until", "\x1b[31mPWNED"),
    ("rotate", "--item", "\x1b[31mPWNED"),
    ("report", "--format", "\x1b[31mPWNED"),
    ("help", "\x1b[31mPWNED"),
    ("check", "--unknown\x1b[31mPWNED"),
)


@pytest.mark.sampled(4)
@pytest.mark.parametrize("arguments", ARGUMENTS, ids=range(len(ARGUMENTS)))
def test_what_is_wrong_with_a_command_line_is_said_as_text(tmp_path: Path, arguments: tuple[str | bytes, ...]) -> None:
    escaped = "".join(f"\\u{ord(char):04x}" for char in "\x1b[31mPWNED\x9b")
    (tmp_path / "hostile.toml").write_text(f'[account]\n"{escaped}" = 1\n["{escaped}"]\nx = 1\n')
    (tmp_path / "hostile.csv").write_text("\x1b[31mPWNED,\u202eEMAIL_ADDRESS_,\x9b\nx,y,z\n", "utf-8")
    named = [str(tmp_path / one) if one in ("hostile.toml", "hostile.csv") else one for one in arguments]
    output, code = on_a_terminal(tmp_path, *named)
    assert code != 0
    assert code != 70, output
    assert_clean(output)


# --- the wizard -------------------------------------------------------------------------------------------------------

F1, F2, F3, F4, ESCAPE = b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", b"\x1b"
CTRL_L, CTRL_O, CTRL_P, CTRL_Q, CTRL_R, CTRL_S = b"\x0c", b"\x0f", b"\x10", b"\x11", b"\x12", b"\x13"


@pytest.mark.sampled(0)
def test_the_wizard_sends_nothing_but_its_own_sequences(up: Path, tmp_path: Path) -> None:
    with raw_terminal(tmp_path, "--at", str(up)) as terminal:
        terminal.wait_for("26 of 26 steps done")
        terminal.settle()
        for keys in (
            F2,
            ESCAPE,
            F1,
            ESCAPE,
            CTRL_R,
            b"\r",
            ESCAPE,
            ESCAPE,
            CTRL_P,
            b"list",
            ESCAPE,
            ESCAPE,
            CTRL_L,
            b"\t",
            ESCAPE,
            CTRL_O,
            ESCAPE,
            CTRL_S,
            ESCAPE,
        ):
            terminal.press(keys)
            terminal.settle()  # an escape and the key behind it would be taken for one
        for _ in range(26):
            terminal.press(F3)
        terminal.press(CTRL_Q)
        assert terminal.end() == 0
        output = bytes(terminal.output)
    assert "PWNED" in terminal.text
    assert_clean(output, plain=False)


def test_plain_mode_prints_hostile_names_as_text(up: Path, tmp_path: Path) -> None:
    with raw_terminal(tmp_path, "--plain", "--at", str(up)) as terminal:
        terminal.wait_for("next [")
        for line in (b"steps", b"go PWNED", *[b"back"] * 25, b"instruction", b"show"):
            terminal.press(line + b"\n")
        terminal.press(b"quit\n")
        assert terminal.end() == 0
        output = bytes(terminal.output)
    for verbatim in ("[red]PWNED[/]", "␛[31mPWNED"):
        assert verbatim in output.decode()
    assert_clean(output)


TALL = (120, 150)
"""Every step at once, without scrolling."""


async def every_page(drive: Driven) -> dict[str, str]:
    """Walk back from the last step to the first and return what each shows."""
    shown: dict[str, str] = {}
    for step in reversed(drive.integration.guide.steps):
        shown[step.id] = drive.text
        await drive.press("f3")
    return shown


@pytest.mark.sampled(0)
async def test_the_wizard_shows_markup_as_it_stands_and_hidden_characters_as_pictures(up: Path) -> None:
    integration = open_sandboxed(attach_sandbox(up), "default")
    try:
        async with driven(integration, TALL) as drive:
            shown = await every_page(drive)
            for key in ("f2", "f1", "ctrl+p", "ctrl+r", "ctrl+l", "ctrl+o", "ctrl+s"):
                await drive.pilot.press(key)
                await drive.pilot.pause(0.2)
                shown[key] = drive.text
                await drive.pilot.press("escape")
                await drive.pilot.pause(0.2)
            assert drive.app.is_running
    finally:
        await integration.close()
    whole = "\n".join(shown.values())
    assert [repr(char) for char in set(whole) if char != "\n" and is_hidden(char)] == []
    for verbatim in ("[red]PWNED[/]", "␛[31mPWNED", "␛]0;PWNED␇"):
        assert verbatim in whole, verbatim


# --- the last stops ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [*HOSTILE_NAMES, *RAW, "\ud800", "\U000e0041", "\u3164", "\ufffe"], ids=repr)
def test_the_last_stop_lets_nothing_hidden_through_and_keeps_what_json_says(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for shown in (printable(text), visible(text), printable(printable(text))):
        assert not [char for char in shown if char != "\n" and is_hidden(char)]
    document = json.dumps({"name": text}, ensure_ascii=False, indent=2)
    assert json.loads(json_printable(document)) == {"name": text}
    print_json({"name": text})
    assert json.loads(capsys.readouterr().out)["name"] == text


def test_what_is_hidden_is_told_by_unicode_itself() -> None:
    """Hold every character of every category against what the standard library says of it."""
    hidden = [chr(code) for code in range(0x110000) if is_hidden(chr(code))]
    assert {unicodedata.category(char) for char in hidden} == {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Lo", "Mn"}
    assert all(is_hidden(char) for char in "\x00\x1b\x7f\x80\x9b\xad\u200b\u200d\u202e\u2066\u2028\ufeff\U000e0001")
    assert not any(is_hidden(char) for char in " aäß漢😀\u00a0´~")


def test_a_library_s_log_line_cannot_steer_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with ExceptionHooks(lambda: tmp_path, "test").installed():
        try:
            raise ValueError("\x1b]0;PWNED\x07")
        except ValueError:
            record = logging.getLogRecordFactory()(
                "x", logging.ERROR, __file__, 1, "said %s", ("\x1b[31m\x9b",), __import__("sys").exc_info()
            )
        logging.lastResort.handle(record) if logging.lastResort else None
    said = capsys.readouterr().err
    assert "␛[31m" in said
    assert not re.search("[\x1b\x9b\x07]", said)


FOREIGN_INPUT = {
    "latin-1 letter": b"\xfc",
    "truncated": b"a\xe4",
    "x10 mouse report": b"\x1b[M#\xa0(",
    "in a paste": b"\x1b[200~M\xfcller\n\x1b[201~",
    "every byte": bytes(range(128, 256)),
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("name", FOREIGN_INPUT)
def test_input_that_is_not_utf8_ends_nothing(tmp_path: Path, name: str) -> None:
    with raw_terminal(tmp_path, "-i", "acme") as terminal:
        terminal.wait_for("Account name")
        terminal.settle()
        terminal.press(FOREIGN_INPUT[name])
        terminal.press(b"\x1b[200~still here\x1b[201~")
        terminal.wait_for("still here", 20)
        terminal.press(b"\x11")
        terminal.wait_for("Quit without saving", 20)
        terminal.press(b"\x1b[B\r")
        assert terminal.end(20) == 0
    assert not list(tmp_path.rglob("crash-*.txt"))


BREAKING = """
import fcntl, os, sys, termios
os.setsid()
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
import textual._xterm_parser as parser
parser.XTermParser.feed = lambda self, text: 1 / 0
from cxr_tui.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_an_error_while_input_is_read_leaves_a_report_and_its_exit_code(tmp_path: Path) -> None:
    with raw_terminal(tmp_path, "-i", "acme", program=BREAKING) as terminal:
        terminal.wait_for("of 26")
        terminal.press(b"a")
        assert terminal.end(30) == 70
        assert "ZeroDivisionError" in terminal.text
    assert len(list(tmp_path.rglob("crash-*.txt"))) == 1


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("term", "coding", "locale"),
    [
        ("unknown", "", ""),
        ("", "", ""),
        ("xterm", "iso8859-1", ""),
        ("xterm", "ascii", ""),
        ("xterm", "", "POSIX"),
    ],
)
def test_a_terminal_that_cannot_show_the_screens_gets_plain_mode_and_one_sentence(
    tmp_path: Path, term: str, coding: str, locale: str
) -> None:
    utf8 = {"PYTHONUTF8": "0" if locale else "", "PYTHONCOERCECLOCALE": "0" if locale else ""}
    variables = {"TERM": term, "PYTHONIOENCODING": coding, "LC_ALL": locale, **utf8}
    with raw_terminal(tmp_path, "-i", "acme", size=(100, 30), program=ON_A_TERMINAL, **variables) as terminal:
        terminal.wait_for("]: ")
        assert terminal.text.count("cxr-tui in plain mode (") == 1
        assert b"\x1b" not in terminal.output
        terminal.press(b"quit\n")
        assert terminal.end(20) == 0

"""Plain mode on a real terminal: all 26 steps, killed and resumed on the way, then rotation and jobs."""

from __future__ import annotations

import re
import time
from pathlib import Path

from cxr_tui.sandbox.client import attach_sandbox
from support.drivers.plain_terminal import END, INTERRUPT, NEXT, PlainTerminal, plain_terminal
from support.processes.cli_process import cxr_tui, sandbox_up

STEPS = 26
LIMIT = 150
"""Seconds for the whole walk."""


def held(terminal: PlainTerminal) -> int:
    """Return the count of steps that was told last."""
    counts = re.findall(rf"(\d+) of {STEPS} steps done\.", terminal.transcript)
    return int(counts[-1]) if counts else -1


def walk_until(terminal: PlainTerminal, count: int) -> None:
    """Press Enter until so many steps hold."""
    until = time.monotonic() + LIMIT
    while held(terminal) < count:
        assert time.monotonic() < until, terminal.since
        assert terminal.offered in ("Do it for me", "Continue"), terminal.since
        terminal.type("")


def test_killed_twice_it_is_walked_to_go_live_with_enter_alone(tmp_path: Path) -> None:
    sandbox = tmp_path / "sandbox"
    arguments = ("--plain", "--at", str(sandbox), "-i", "acme")
    transcripts = []
    with sandbox_up(sandbox, "--people", "60"):
        with plain_terminal(tmp_path, *arguments) as terminal:
            greeting = terminal.wait_for()
            assert "plain mode (--plain)." in greeting
            assert f"Integration acme, with the sandbox. 0 of {STEPS} steps done." in greeting
            walk_until(terminal, 6)
            terminal.type("")
            terminal.kill()
            transcripts.append(terminal.transcript)
        with plain_terminal(tmp_path, *arguments) as terminal:
            assert f"6 of {STEPS} steps done." in terminal.wait_for()
            assert f"Step 7 of {STEPS}: CX Audience settings." in terminal.since
            walk_until(terminal, 7)
            terminal.type("")
            terminal.press("\n")  # do it for me; and the power goes while the page is saved, or just after
            terminal.wait_for("Responsys…|Checking…")
            terminal.kill()
            transcripts.append(terminal.transcript)
        with plain_terminal(tmp_path, *arguments) as terminal:
            terminal.wait_for()
            assert re.search(rf"Step [89] of {STEPS}: ", terminal.since), "not asked for again what holds already"
            walk_until(terminal, STEPS)
            assert terminal.offered == "Finish"
            rotate_and_look(terminal)
            terminal.press(END)
            assert terminal.end() == 0
            assert "Goodbye. Everything you saved is kept." in terminal.since
            transcripts.append(terminal.transcript)
        keyring = attach_sandbox(sandbox).keyring()
        password = keyring.get_password("cxr-tui/acme/responsys-password", "acme")
        checked = cxr_tui("--at", str(sandbox), "-i", "acme", "check", "--json", home=tmp_path)
    assert checked.code == 0, checked.err + checked.out
    assert password
    for transcript in transcripts:
        assert password not in transcript
        assert_one_line_after_another(transcript)


def rotate_and_look(terminal: PlainTerminal) -> None:
    terminal.type("rotate")
    assert terminal.offered == "Begin"
    terminal.type("")
    assert "New password prepared; old password kept" in terminal.since
    assert "Enter the password stored in" in terminal.since
    assert terminal.offered == "Do it for me"
    terminal.type("", seconds=60)
    assert "Done; old password removed" in terminal.since
    assert "Changed in Responsys: verified" in terminal.since
    assert terminal.offered == "Back to the steps"
    terminal.type("")
    terminal.type("jobs")
    assert "2 of 2 OK." in terminal.since
    assert "  State: on time" in terminal.since
    assert terminal.offered == "Back to the steps"
    terminal.type("")


def assert_one_line_after_another(transcript: str) -> None:
    """No cursor movement, no colour, no redraw: nothing but text and line ends."""
    strange = {char for char in transcript if ord(char) < 32 or 127 <= ord(char) < 160} - {"\r", "\n"}
    assert strange <= {"\x08"}, strange  # the terminal's own echo of Ctrl+D takes itself back
    assert "\r" not in transcript.replace("\r\n", "")


def test_a_pipe_is_walked_too(tmp_path: Path) -> None:
    ended = cxr_tui("--sandbox", "--people", "60", home=tmp_path, stdin="\n" * 8)
    assert ended.code == 0, ended.err + ended.out
    assert "(standard input is not a terminal)." in ended.out
    assert f"4 of {STEPS} steps done." in ended.out
    assert "Goodbye. Everything you saved is kept." in ended.out
    assert_one_line_after_another(ended.out)


def test_secrets_are_not_echoed_and_ctrl_c_loses_nothing(tmp_path: Path) -> None:
    with plain_terminal(tmp_path, TERM="dumb") as terminal:
        assert "(environment TERM=dumb)." in terminal.wait_for()
        assert terminal.offered == "Answer the questions"
        # a secret, typed on a terminal that would echo it
        terminal.type("answer audience_api_user", "CX Audience API user \\[optional\\]: $")
        terminal.type("api-user")
        terminal.type("answer audience_api_password", r"not shown while you type; [^\n]*\): $")
        terminal.type("Canary-Bird-4711")
        assert "Canary" not in terminal.transcript
        # Ctrl+C at a question drops the question, at a command it says how to leave
        terminal.type("answer account_name", r"\[needed\]: $")
        terminal.press(INTERRUPT)
        terminal.wait_for()
        terminal.press(INTERRUPT)
        assert "To leave, type quit or press" in terminal.wait_for()
        assert "api-user (not saved yet)" in terminal.type("show")
        terminal.press(END)
        assert terminal.end() == 0
        assert "2 entries not saved, so not kept." in terminal.since


def test_a_rotation_is_a_conversation_of_its_own_too(tmp_path: Path) -> None:
    with plain_terminal(tmp_path, "--plain", "-i", "acme", "rotate") as terminal:
        assert "no rotation has begun" in terminal.wait_for()
        assert "go: Begin" in terminal.type("?")
        terminal.type("go")
        assert "secret-missing" in terminal.since, "without one there is nothing to exchange"
        terminal.press("leave\n")
        assert terminal.end() == 1


def test_ctrl_c_cancels_a_check_that_runs(tmp_path: Path) -> None:
    with plain_terminal(tmp_path, "--plain") as terminal:
        terminal.wait_for()
        for name, text in (
            ("account_name", "acme"),
            ("login_host", "other"),
            ("login_url", "https://192.0.2.1"),  # documentation's own network: nobody answers, and nobody refuses
            ("audience_token", "acme"),
        ):
            terminal.type(f"answer {name}", r"\]: $")
            terminal.type(text)
            assert "Not accepted" not in terminal.since
        assert terminal.offered == "Answer the questions"
        terminal.press("check\n")
        terminal.wait_for("Calling https://192.0.2.1")
        terminal.press(INTERRUPT)
        assert "Canceled. The check recorded nothing." in terminal.wait_for()
        assert "State: in progress" in terminal.type("show")
        assert "Account name: acme (saved)" in terminal.since
        terminal.type("quit", "Goodbye. Everything")
        assert terminal.end() == 0


def test_no_escape_is_sent_even_before_the_first_question(tmp_path: Path) -> None:
    with plain_terminal(tmp_path, ACCESSIBLE="1") as terminal:
        assert "(environment ACCESSIBLE)." in terminal.wait_for(NEXT)
        assert "\x1b" not in terminal.transcript

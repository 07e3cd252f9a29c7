"""Plain mode's questions and words: how an answer is read, helped with, refused, and left."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from cxr_tui.domain.answers import Value
from cxr_tui.guide.definition import Choice, Field, Kind
from cxr_tui.guided.action_context import ActionContext
from cxr_tui.integration.form import FieldView
from cxr_tui.plain import app, console
from cxr_tui.plain.console import Console, ProgressPrinter, carry_out
from cxr_tui.plain.parse_answer import ParseError, pick, read_line, typed_pairs
from cxr_tui.plain.prompts import FieldPrompt
from cxr_tui.plain.vocabulary import ALIASES, BY_WORD, ParsedCommand, misunderstood, understand
from cxr_tui.presentation.instructions import Exact
from screens.test_tui_walk import prove_all_but_the_last
from support.drivers.plain_driver import INTERRUPT, LEAVE, PlainDriven, ScriptedTalk, plain_driven
from support.worlds.demo_guide import DemoOperator, Dials, open_demo

ROLES = tuple(Choice(name, name) for name in ("List Manager", "Table Manager", "Campaign Manager"))


def view(kind: Kind, value: Value | None = None, choices: tuple[Choice, ...] = (), **more: bool) -> FieldView:
    field = Field("name", "Label", kind, help="What it is.", source="The book (documented)", optional=False, **more)  # type: ignore[arg-type]  # only flags are handed on
    return FieldView(field, value, "", "", choices, stored=False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 3", ["List Manager", "Campaign Manager"]),
        ("3,1", ["List Manager", "Campaign Manager"]),
        ("table manager, 1", ["List Manager", "Table Manager"]),
        ("Campaign Manager", ["Campaign Manager"]),
        ("all", ["List Manager", "Table Manager", "Campaign Manager"]),
    ],
)
def test_a_checklist_takes_numbers_and_names_in_any_order(text: str, value: list[str]) -> None:
    assert read_line(view(Kind.CHECKLIST, choices=ROLES), text) == value


def test_a_choice_is_a_number_a_name_or_a_part_of_one() -> None:
    assert [pick(ROLES, text).value for text in ("2", "table", "LIST MANAGER")] == [
        "Table Manager",
        "Table Manager",
        "List Manager",
    ]
    with pytest.raises(ParseError, match="Choose from 1 to 3"):
        pick(ROLES, "4")
    with pytest.raises(ParseError, match=r"Several match.*\n  1\. List Manager\n  2\. Table Manager\n  3\. Campaign"):
        pick(ROLES, "manager")
    with pytest.raises(ParseError, match="x␛ is not offered here"):
        pick(ROLES, "x\x1b")


def test_other_kinds_are_read_as_their_fields_take_them() -> None:
    assert read_line(view(Kind.CHECKBOX), "Y") is True
    assert read_line(view(Kind.CHECKBOX), "no") is False
    with pytest.raises(ParseError, match="yes or no"):
        read_line(view(Kind.CHECKBOX), "perhaps")
    assert read_line(view(Kind.NUMBER), "12") == 12
    assert read_line(view(Kind.NUMBER), "twelve") == "twelve", "the field's rule says what is wrong with it"
    assert read_line(view(Kind.FILE), "'/tmp/a b'") == "/tmp/a b"
    assert read_line(view(Kind.TEXT), "a\x1b[31mb") == "a[31mb"


def test_pairs_are_added_changed_and_taken_away() -> None:
    before = {"A": "A_", "B": "B_"}
    assert typed_pairs(before, ["B -> C_", "D→E_", "A -> -"]) == {"B": "C_", "D": "E_"}
    with pytest.raises(ParseError, match="incoming column -> column"):
        typed_pairs(before, ["B"])


def test_commands_are_understood_by_their_beginning_and_by_other_names() -> None:
    assert understand("ne") == ParsedCommand("next")
    assert understand("Go 12") == ParsedCommand("go", "12")
    assert understand("help") == ParsedCommand("?")
    assert understand("r") is None, "review, reveal, request or rotate"
    assert "Did you mean review or reveal or request or rotate?" in misunderstood("r")
    assert "Did you mean check?" in misunderstood("chekc")
    for command in BY_WORD.values():
        assert not command.when or hasattr(ActionContext, command.when.removeprefix("not ")), command.word
    assert not set(ALIASES) & set(BY_WORD)
    assert set(ALIASES.values()) <= set(BY_WORD)


async def asked(of: FieldView, *lines: str, wrong: str = "") -> tuple[object, str]:
    """Answer one question; return what was made of it, and everything that was said."""
    talk = ScriptedTalk()
    for line in lines:
        talk.typed.put_nowait(line)
    asking = FieldPrompt(talk, of, lambda value: wrong if value == "wrong" else None, "the keyring", "It was wrong.")
    return await asyncio.wait_for(asking.answer("Question 1 of 1."), 2), "\n".join(talk.said)


async def test_help_tells_what_is_documented_and_how_to_answer() -> None:
    choices = (Choice("a", "First", "the usual one"), Choice("b", "Second"))
    answer, said = await asked(view(Kind.CHOICE, "a", choices), "?", "2")
    assert answer == "b"
    for part in (
        "Current problem: It was wrong.",
        "Label: choose one of these.",
        "  1. First (the usual one)",
        "Label [1, First]: ",
        "Label. What it is.",
        "Type a number, or the name of a choice.",
        "Documented: The book (documented)",
    ):
        assert part in said


async def test_a_refused_answer_is_asked_for_again() -> None:
    answer, said = await asked(view(Kind.TEXT), "", "wrong", "right", wrong="A reason.")
    assert answer == "right"
    assert "Enter the label." in said
    assert "Not accepted: A reason." in said


async def test_a_word_that_is_a_command_is_one_unless_it_stands_in_quotes() -> None:
    assert (await asked(view(Kind.TEXT), "go 3"))[0] == ParsedCommand("go", "3")
    assert (await asked(view(Kind.TEXT), "skip"))[0] == ParsedCommand("skip")
    assert (await asked(view(Kind.TEXT), '"check"'))[0] == "check"
    assert (await asked(view(Kind.TEXT), '"-"'))[0] == "-"
    assert (await asked(view(Kind.TEXT, "x"), "-"))[0] == ""
    assert (await asked(view(Kind.TEXT), '"two words"'))[0] == '"two words"'
    assert (await asked(view(Kind.TEXT), "check the list"))[0] == "check the list"
    offered = (Choice("back", "back"), Choice("forth", "forth"))
    assert (await asked(view(Kind.CHOICE, None, offered), "back"))[0] == "back"


async def test_long_lists_are_searched_and_listed_only_when_asked_for() -> None:
    columns = tuple(Choice(f"COLUMN_{number}", f"COLUMN_{number}") for number in range(40))
    answer, said = await asked(view(Kind.CHOICE, None, columns), "_3", "list", "column_39")
    assert answer == "COLUMN_39"
    assert "40 choices: type a part of the name, or list for all of them." in said
    assert "Several match. Type a number:\n  4. COLUMN_3\n  31. COLUMN_30" in said
    assert said.count("  1. COLUMN_0") == 1
    answer, said = await asked(view(Kind.CHOICE, None, columns), "_31")
    assert (answer, "1. COLUMN_0" in said) == ("COLUMN_31", False)


async def test_several_lines_end_with_an_empty_one() -> None:
    assert (await asked(view(Kind.LINES), "one", " two ", ""))[0] == ["one", "two"]
    answer, said = await asked(view(Kind.MAPPING, {"A": "A_"}), "?", "B -> B_", "")
    assert answer == {"A": "A_", "B": "B_"}
    assert "Label [1 pairs]: " in said
    assert "  A -> A_" in said


async def test_back_goes_to_the_question_before_and_stop_keeps_what_was_answered(tmp_path: Path) -> None:
    async with plain_driven(open_demo(tmp_path)) as drive:
        await drive.type("answer", "acmeretail", "other", "back", "interact8")
        assert "Login URL" not in drive.question, "it does not apply any more"
        await drive.type("answer", "stop", "show")
        assert "Account name: acmeretail (not saved yet)" in drive.text
        assert "Login host: interact8 (not saved yet)" in drive.text


async def test_a_command_at_a_question_is_carried_out_and_nothing_is_lost(tmp_path: Path) -> None:
    integration = open_demo(tmp_path)
    async with plain_driven(integration) as drive:
        await drive.type("answer", "acmeretail", "check")
        assert integration.states()["account"].done
        await drive.type("next", "answer", "go 1")
        assert "Step 1 of 5: Your two accounts." in drive.text
        await drive.type("answer", INTERRUPT)
        assert drive.offered == "Continue"


async def test_every_word_of_the_help_can_be_typed(tmp_path: Path) -> None:
    integration = open_demo(tmp_path, operator=DemoOperator())
    async with plain_driven(integration, "CXR_TUI_PLAIN") as drive:
        assert "plain mode (CXR_TUI_PLAIN)." in drive.text
        await drive.type("?")
        for word in ("show", "answer", "check", "steps", "go", "quit"):
            assert f"{word}" in drive.text
        for word in ("confirm", "fix", "rotate", "jobs", "back"):
            await drive.type(word)
            assert BY_WORD[word].refusal in drive.text, "a command that makes no sense says why"
        await drive.type("copy")
        assert "on a separate line" in drive.text
        await drive.type("steps")
        assert "1. Your two accounts: to do, you are here" in drive.text
        assert "4. SSH2 key: locked" in drive.text
        await drive.type("go ssh2")
        assert "Step 4 of 5: SSH2 key." in drive.text
        await drive.type("go e")
        assert "Several match. Type a number:" in drive.text
        await drive.type("go nowhere")
        assert "nowhere is not offered here." in drive.text
        await drive.type("answer")
        assert "Locked. Finish step 1, Your two accounts, first." in drive.text
        await drive.type("go first-password", "answer user name")
        assert "Locked. Finish step 1" in drive.text
        await drive.type("nonsense")
        assert "nonsense is not a command here." in drive.text


async def left(drive: PlainDriven) -> str:
    await asyncio.wait_for(asyncio.shield(drive.task), 2)
    return drive.text


async def test_leaving_asks_once_and_the_end_of_input_does_not(tmp_path: Path) -> None:
    async with plain_driven(open_demo(tmp_path)) as drive:
        await drive.type("answer account_name", "x", "quit", "", "quit", "yes")
        assert "Goodbye. Everything you saved is kept." in await left(drive)
    async with plain_driven(open_demo(tmp_path)) as drive:
        await drive.type("answer account_name", "x")
        drive.begin(LEAVE)
        assert "1 entry not saved, so not kept." in await left(drive)


async def test_wait_says_when_something_has_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "RECHECK_EVERY", 0.02)
    integration = open_demo(tmp_path)
    await prove_all_but_the_last(integration)
    await integration.save("ssh2-key", {"status": "Processing"})
    await integration.check("ssh2-key", lambda _: None)
    async with plain_driven(integration) as drive:
        assert "Checking the step that waits." in "\n".join(drive.talk.said)
        drive.begin("wait")
        await asyncio.sleep(0.1)
        await integration.save("ssh2-key", {"status": "Completed"}, source="elsewhere")
        await drive.settle()
        assert "Changed: SSH2 key is " in "\n".join(drive.talk.said), "draft, or verified by a look since"
        await drive.type("wait")
        assert "No step is waiting." in drive.text


async def test_an_error_of_its_own_leaves_a_report_and_the_conversation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CXR_TUI_HOME", str(tmp_path / "home"))
    integration = open_demo(tmp_path, dials=Dials())

    async def broken(*_: object) -> None:
        raise RuntimeError("not foreseen")

    monkeypatch.setattr(integration, "check", broken)
    async with plain_driven(integration) as drive:
        await drive.type("answer account_name", "acmeretail", "check")
        assert "Internal error (RuntimeError). Report: " in drive.text
        assert len(list((tmp_path / "home" / "crashes").iterdir())) == 1
        await drive.type("steps")
        assert "0 of 5 steps done." in drive.text


async def test_a_long_silence_is_broken_and_a_count_is_told_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "SILENCE", 0.05)
    talk = ScriptedTalk()

    async def slow(tell: object) -> int:
        await asyncio.sleep(0.12)
        return 7

    assert await carry_out(talk, slow) == 7
    assert [line.split(" (")[0] for line in talk.said] == ["Still working", "Still working"]
    clock = [0.0]
    talk = ScriptedTalk()
    teller = ProgressPrinter(talk, lambda: clock[0])
    for text in ("Reading", "Reading", "Reading, 10 %", "Reading, 20 %"):
        teller.tell(text)
    clock[0] = 1.5
    teller.tell("Reading, 90 %")
    assert talk.said == ["Reading…", "Reading, 10 %…", "Reading, 90 %…"]


def test_nothing_that_is_said_steers_the_terminal_and_no_word_is_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Console() as talk:
        talk.say("a\x1b[2J▸b\u202e")
        talk.say(Exact("exact → kept"))
        assert capsys.readouterr().out == "a␛[2J>b\\u202e\nexact → kept\n"
        monkeypatch.setattr(Console, "seen", True)
        monkeypatch.setattr("shutil.get_terminal_size", lambda *_, **__: os.terminal_size((50, 24)))
        talk.say("  " + "word " * 30 + "averylongwordthatfitsnowhere" * 3)
        lines = capsys.readouterr().out.splitlines()
        assert all(line.startswith("  ") for line in lines)
        assert [line for line in lines if len(line) > 50] == ["  " + "averylongwordthatfitsnowhere" * 3]
        talk.say(Exact("value " * 30))
        assert capsys.readouterr().out == "value " * 30 + "\n"

"""`cxr-tui explain`: known messages in every form people have them, silence about all others, and nothing secret."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxr_tui.docs import facts
from cxr_tui.domain.certainty import Basis
from cxr_tui.guide.catalog.explanation import Message, messages
from cxr_tui.guide.catalog.recognition import LONGEST, recognise
from cxr_tui.sandbox.scenarios import known_scenarios
from support.messages import WAYS, known, near_misses
from support.processes.cli_process import environment

MESSAGES = messages()
MEANING = {phrase: message for message in MESSAGES for phrase in message.phrases}
KNOWN = [(name, MEANING[name], text) for name, text in known()]
NEAR = near_misses()


def names(text: str) -> list[str]:
    return [one.name for one in recognise(text)]


def meanings(text: str) -> list[Message]:
    return [one.message for one in recognise(text)]


def explained(text: bytes, *arguments: str, home: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "cxr_tui", "explain", *arguments],
        input=text,
        env=environment(home),
        capture_output=True,
        timeout=60,
        check=False,
    )


def test_the_lists_are_as_long_as_promised() -> None:
    assert len({name for name, _, _ in KNOWN}) >= 60
    assert len({message.origin for message in MESSAGES}) >= 5
    assert len(set(NEAR)) >= 200


def test_every_message_has_a_text_and_every_text_a_message() -> None:
    assert {message for _, message, _ in KNOWN} == set(MESSAGES)


@pytest.mark.parametrize("way", WAYS)
def test_known_messages_are_recognised_however_they_come(way: str) -> None:
    wrong = {name: found for name, message, text in KNOWN if message not in (found := meanings(WAYS[way](text)))}
    assert wrong == {}


def test_programs_of_this_machine_write_what_is_known(tmp_path: Path) -> None:
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("<html>Not found</html>\n")
    rubbish.chmod(0o600)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
    ssh = ["ssh", "-F", "none", "-o", "BatchMode=yes"]
    commands = (
        (["gpg", "--homedir", str(tmp_path), "--batch", "--import", str(rubbish)], {"no valid OpenPGP data found"}),
        ([*ssh, "-p", port, "127.0.0.1"], {"Connection refused"}),
        ([*ssh, "nowhere.invalid"], {"Could not resolve hostname"}),
        # which of the two depends on the version of OpenSSH
        (["ssh-keygen", "-y", "-f", str(rubbish)], {"Load key …: error in libcrypto", "Load key …: invalid format"}),
    )
    for command, expected in commands:
        ended = subprocess.run(command, env=environment(tmp_path), capture_output=True, text=True, check=False)
        assert expected & set(names(ended.stderr)), ended.stderr


def test_a_known_message_is_taken_for_no_other() -> None:
    assert {name: found for name, message, text in KNOWN if (found := meanings(text)) != [message]} == {}


def test_known_messages_are_recognised_when_they_are_cut() -> None:
    wrong = []
    for message in MESSAGES:
        for phrase in message.phrases:
            keep = -(-len(phrase) * 9 // 10)
            whole = any(one in phrase[:keep] for other in MESSAGES for one in other.phrases)
            if "*" in phrase or keep == len(phrase) or len(phrase) < 12 or whole:
                continue
            ends = ("...", "…", "") if " " in phrase else ("...", "…")
            wrong += [phrase for end in ends if meanings(f"Last error: {phrase[:keep]}{end}") != [message]]
    assert wrong == []


def test_a_beginning_of_half_a_message_is_not_known() -> None:
    halves = {phrase[: len(phrase) // 2] for message in MESSAGES for phrase in message.phrases if "*" not in phrase}
    phrases = [phrase for message in MESSAGES for phrase in message.phrases]
    tried = [half for half in halves if len(half) > 10 and not any(phrase in half for phrase in phrases)]
    assert len(tried) > 60
    assert [half for half in tried if meanings(f"{half}…")] == []


def test_a_cut_message_is_not_taken_for_the_one_inside_it() -> None:
    whole = "kex_exchange_identification: read: Connection reset by peer"
    assert names(whole[:-2] + "…") == names(whole) != names("Connection reset by peer")


# Where a line ends inside words, it may end just where the known part of a longer word does; the two look alike.
@pytest.mark.parametrize("way", [way for way in WAYS if way != "wrapped in words"])
def test_near_misses_are_not_known(way: str) -> None:
    assert {text: found for text in NEAR if (found := names(WAYS[way](text)))} == {}


def test_a_phrase_inside_a_longer_word_is_not_known() -> None:
    for message in MESSAGES:
        for phrase in message.phrases:
            if "*" in phrase or not (phrase[0].isalnum() and phrase[-1].isalnum()):
                continue
            for text in (f"X{phrase}", f"{phrase}X", f"MY_{phrase}", f"{phrase}_TOO", f"non-{phrase}"):
                assert message not in meanings(text), text


@pytest.mark.parametrize(
    ("text", "trap"),
    [
        ("ui.authentication.login.browserLoginNotAllowed", "temporary-password"),
        ("PASSWORD_EXPIRED", "password-expired"),
        ("PASSWORD_LOCKOUT", "password-locked"),
        ("API_DISABLED_FOR_USER", "api-disabled"),
        ("LOGIN_BLOCKED_INVALID_IPRANGE", "ip-restricted"),
        ("API_LIMIT_EXCEEDED", "throttled"),
        ("TOKEN_EXPIRED", "token-expired"),
        ("CONNECT_JOB_INACTIVE", "job-inactive"),
        ("LIST_NOT_FOUND", "list-missing"),
        ("INVALID DATA FORMAT", "rows-rejected"),
        ("match field cannot be empty", "match-column-empty"),
        ("Permission denied (publickey).", "sftp-auth"),
        ("REMOTE HOST IDENTIFICATION HAS CHANGED!", "host-key-changed"),
        ("gpg: decryption failed: No secret key", "file-wrong-recipient"),
        ("gpg: Note: This key has expired!", "key-expired"),
        ("gpg: importing secret keys not allowed", "private-key-file"),
        ("Name or service not known", "host-unreachable"),
    ],
)
def test_a_message_names_its_trap(text: str, trap: str) -> None:
    [found] = recognise(text)
    assert found.message.cause.code == trap
    assert trap in known_scenarios()


def test_every_message_says_what_to_do_and_where_it_comes_from() -> None:
    for message in MESSAGES:
        assert message.facts in facts().sections
        assert message.cause.why.endswith(".")
        assert message.cause.remedy.endswith(".")
        assert message.basis is not Basis.INFERRED


@pytest.mark.parametrize(
    "text",
    [
        " " * LONGEST,
        "\\" * LONGEST,
        "<a" * (LONGEST // 2),
        "> \n" * (LONGEST // 3),
        "Load key " * (LONGEST // 9),
        "PASSWORD_EXPIRE" * (LONGEST // 15),
        "verify error:num=" * (LONGEST // 17),
        "\x1b[" * (LONGEST // 2),
        "&amp;" * (LONGEST // 5),
        "\u0301" * LONGEST,
        "2026-11-28 12:00:00 ERROR\n" * (LONGEST // 26),
    ],
    ids=lambda text: repr(text[:10]),
)
def test_no_text_takes_long(text: str) -> None:
    recognise("")  # the patterns are made once
    began = time.process_time()
    recognise(text)
    assert time.process_time() - began < 10


def test_several_messages_are_told_in_their_order() -> None:
    text = "gpg: Unusable public key\ncurl: (60) SSL certificate problem: self-signed certificate\nPASSWORD_LOCKOUT"
    assert names(text) == [
        "Unusable public key",
        "SSL certificate problem: self-signed certificate",
        "PASSWORD_LOCKOUT",
    ]


def test_the_command_explains_what_is_typed_and_what_is_piped(tmp_path: Path) -> None:
    typed = explained(b"", "Permission", "denied", "(publickey).", home=tmp_path)
    assert typed.returncode == 0
    for part in ("sftp-auth", "SSH2 Keys management", "cxr-tui help facts I.1"):
        assert part in typed.stdout.decode()
    piped = explained("PASSWORD_LOCKOUT – und nun?".encode("utf-16"), "--json", home=tmp_path)
    assert piped.returncode == 0
    document = json.loads(piped.stdout)
    assert (document["schema"], document["known"]) == (1, True)
    [message] = document["messages"]
    assert (message["code"], message["trap"], message["basis"], message["source"]) == (
        "password-locked",
        "password-locked",
        "documented",
        "facts A.5",
    )


def test_the_command_says_plainly_what_it_does_not_know(tmp_path: Path) -> None:
    unknown = explained(b"The moon is full. Password: hunter2hunter2", "-", home=tmp_path)
    assert (unknown.returncode, unknown.stderr) == (1, b"")
    assert unknown.stdout.startswith(b"Not known.")
    assert b"hunter2" not in unknown.stdout
    document = json.loads(explained(b"moon", "--json", home=tmp_path).stdout)
    assert document == {"schema": 1, "known": False, "messages": []}
    for nothing in (b"", b" \n"):
        ended = explained(nothing, home=tmp_path)
        assert (ended.returncode, ended.stdout) == (2, b"")
    long = explained(b"x" * (4 * LONGEST + 9), home=tmp_path)
    assert (long.returncode, long.stdout) == (2, b"")
    assert b"tail -n 40" in long.stderr


def test_what_is_echoed_is_masked_and_steers_no_terminal(tmp_path: Path) -> None:
    text = 'Load key "password=hunter2hunter2\x1b[31m\u202e": invalid format'
    ended = explained(text.encode(), "--json", home=tmp_path)
    [message] = json.loads(ended.stdout)["messages"]
    assert message["message"] == "Load key …: invalid format"
    assert b"hunter2" not in ended.stdout
    assert b"\x1b" not in ended.stdout

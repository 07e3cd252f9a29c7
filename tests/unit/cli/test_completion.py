"""Completion in the shells themselves: what stands after Tab in a real bash, zsh and fish."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from cxr_tui.guide.registry import GUIDE
from cxr_tui.sandbox.scenarios import known_scenarios
from support.processes.cli_process import environment

BASH = """
source <(cxr-tui completion bash)
line="$1"
read -ra COMP_WORDS <<< "$line"
[ "${line: -1}" = " " ] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
COMP_LINE="$line"
COMP_POINT=${#line}
COMP_TYPE=9
_python_argcomplete cxr-tui "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
printf '%s\\n' "${COMPREPLY[@]}"
"""
FISH = """
cxr-tui completion fish | source
complete -C $argv[1] | string replace -r '\\t.*' ''
true
"""
ZSH = """
autoload -Uz compinit && compinit -u -d $HOME/.zcompdump
eval "$(cxr-tui completion zsh)"
_describe() { print -rl -- "${(@P)2}" >> $HOME/offered }
words=(${(z)1}) BUFFER=$1 CURSOR=${#1}
[[ $1 == *' ' ]] && words+=('')
_python_argcomplete 2>/dev/null
cat $HOME/offered
"""
SCRIPTS = {"bash": (BASH, "bash"), "fish": (FISH, "fish"), "zsh": (ZSH, "zsh")}

Complete = Callable[[str], list[str]]


@pytest.fixture(params=SCRIPTS)
def complete(request: pytest.FixtureRequest, tmp_path: Path) -> Complete:
    script, shell = SCRIPTS[request.param]
    if shutil.which(shell) is None:
        if os.environ.get("CI"):
            pytest.fail(f"{shell} is not installed")
        pytest.skip(f"{shell} is not installed")
    program = Path(sys.executable).with_name("cxr-tui")
    assert program.is_file(), "the tests run where the program is installed"
    for name in ("acme", "bravo"):
        (tmp_path / "integrations" / name).mkdir(parents=True)
        (tmp_path / "integrations" / name / "journal.db").touch()

    def words(line: str) -> list[str]:
        """Return what the shell offers at the end of a line, in order, without blanks behind."""
        (tmp_path / "offered").unlink(missing_ok=True)
        path = f"{program.parent}{os.pathsep}{environment(tmp_path)['PATH']}"
        command = [shell, "-c", script, line] if shell == "fish" else [shell, "-f", "-c", script, shell, line]
        if shell == "bash":
            command = [shell, "--norc", "-c", script, shell, line]
        ended = subprocess.run(
            command,
            env={**environment(tmp_path), "PATH": path},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        # zsh gets what each word means behind a colon
        return sorted({word.partition(":")[0].strip() for word in ended.stdout.splitlines() if word.strip()})

    return words


@pytest.mark.sampled(1)
def test_commands_options_and_their_values_are_completed(complete: Complete) -> None:
    assert complete("cxr-tui re") == ["rehearse", "report"]
    assert complete("cxr-tui check expo") == ["export-notification", "export-schedule", "exported-file"]
    assert complete("cxr-tui -i ") == ["acme", "bravo"]
    assert complete("cxr-tui rehearse --scenario missing-l") == [
        code for code in known_scenarios() if code.startswith("missing-l")
    ]


def test_words_are_those_of_the_program() -> None:
    from cxr_tui.cli.commands.completion import WORDS
    from cxr_tui.cli.parser import parser

    top = parser(WORDS)
    named = {action.dest for action in top._actions}
    [commands] = [action for action in top._actions if isinstance(action.choices, dict)]
    for one in dict(commands.choices or {}).values():
        named |= {action.dest for action in one._actions}
    assert set(WORDS) <= named, "a completer without its option"
    assert list(WORDS["steps"]()) == [step.id for step in GUIDE.steps]

"""A soak: setup, rotation, status and preflight through random mixtures of faults and kills, watched after every act.

`python tests soak.soak [--operations N] [--seed S] [--lanes L] [--life NUMBER]` prints one JSON document of figures and
ends with 1 where something happened that must never happen. The same seed draws the same acts, faults and kills;
`--life` repeats one life alone.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxr_tui.guide.checks.common import AUDIENCE_API_PASSWORD, CONNECT_API_PASSWORD, RESPONSYS_PASSWORD
from cxr_tui.guide.registry import GUIDE
from cxr_tui.sandbox.client import ConnectionInfo, SandboxOptions, encode, read_info
from soak.soak_canaries import Canaries, ProcessWatch
from soak.soak_model import JournalModel, LoginModel, Row, ViolationError, check_confirmed, check_gate, check_rows
from soak.soak_plan import Act, Life, Session, lives
from soak.soak_sandbox import Watch
from soak.soak_session import Told
from support.paths import program
from support.processes.cli_process import environment

NAME = "soak"
USER = "CXAudienceIntegrationacmeretail"
ITEMS = {USER: RESPONSYS_PASSWORD, "connect.api": CONNECT_API_PASSWORD, "audience.api": AUDIENCE_API_PASSWORD}
"""Keyring item by user."""
PEOPLE = 60
TYPED = "Cnry7Kq"
"""Beginning of every password that a person types; it must never be seen anywhere."""
LAST = 6
"""Tries of honest people to bring everything to its end."""


@dataclass
class Figures:
    """What was done and met."""

    acts: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    """How acts ended: done, an error by its type, or killed."""
    faults: Counter[str] = field(default_factory=Counter)
    """How often each kind of fault has happened."""
    ends: Counter[str] = field(default_factory=Counter)
    """How processes ended."""
    findings: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    records: int = 0
    logins: int = 0
    refused: int = 0

    def add(self, other: Figures) -> None:
        """Take another lane's figures in."""
        for name, value in vars(other).items():
            if isinstance(value, Counter):
                getattr(self, name).update(value)
            else:
                setattr(self, name, getattr(self, name) + value)


class Ship:
    """One life: a sandbox, the sessions of the program with it, and the model that watches."""

    def __init__(self, life: Life, home: Path, canaries: Canaries, figures: Figures, *, talk: bool = False) -> None:
        self._life = life
        self._home = home
        self._canaries = canaries
        self._figures = figures
        self._talk = talk
        self._model = JournalModel(home / "sandbox" / "integrations" / NAME / "journal.db")
        self._logins = LoginModel(ITEMS)
        self._number = 0
        self._unread: tuple[Act, dict[str, Any]] | None = None
        """What a killed process did last; looked at once the next one has opened the journal."""

    @property
    def _user(self) -> str:
        """Login name of the integration user, which an answer may have changed."""
        return str(self._model.values.get("add-user.login_name") or USER)

    def sail(self) -> None:
        """Live the whole life; ViolationError."""
        with _sandbox(self._home, self._life) as info:
            self._watch = Watch(info)
            self._passwords = {ITEMS[account.user_name]: account.password for account in info.accounts}
            self._canaries.add(account.password for account in info.accounts)
            self._canaries.add([info.control_token])
            try:
                with _program(self._home) as program:
                    for session in self._life.sessions:
                        self._session(program, session)
                    self._arrive(program)
            finally:
                self._figures.faults.update(self._watch.faults(()))
                self._figures.refused += self._logins.refused
                self._watch.close()
        self._scan()

    def _session(self, program: Told, session: Session) -> list[dict[str, Any]]:
        order = {
            "do": "session",
            "directory": str(self._watch.directory),
            "name": NAME,
            "until": self._life.until,
            "typed": TYPED,
            "passwords": self._passwords,
        }
        program.say(order)
        answers: list[dict[str, Any]] = []
        hello = _heard(program)
        if "pid" not in hello:
            raise ViolationError(f"a session did not open: {hello}")
        self._look_after_kill()
        for act in session.acts:
            self._number += 1
            answer = self._act(program, act)
            answers.append(answer)
            if "ended" in answer:
                return answers
        if session.killed:
            os.kill(hello["pid"], signal.SIGKILL)
        else:
            program.say({"do": "end"})
        ended = _heard(program)["ended"]
        self._figures.ends["killed between acts" if session.killed else f"ended with {ended}"] += 1
        if not session.killed and ended != 0:
            raise ViolationError(f"a session that was to close ended with {ended}")
        return answers

    def _act(self, program: Told, act: Act) -> dict[str, Any]:
        before = self._opening(act)
        if act.faults:
            self._watch.faults(act.faults)
        begun = time.monotonic()
        program.say({"do": "act", "act": act.document()})
        meant: dict[str, Any] = {}
        while "meant" in (answer := _heard(program)):
            meant = answer["meant"]
        if act.faults:
            self._watch.faults(())
        took = time.monotonic() - begun
        if self._talk:
            told = {name: value for name, value in answer.items() if name != "secrets"}
            where = f"{self._life.number}/{self._number}"
            sys.stderr.write(f"{where} {act.name} {list(act.faults)} {took:.2f} s: {str(told)[:400]}\n")
        self._canaries.add(answer.pop("secrets", ()))
        self._figures.acts[act.name] += 1
        self._count(answer)
        if "ended" in answer:
            self._unread = (act, meant)
            if answer["ended"] != -signal.SIGKILL:
                raise ViolationError(f"{act}: the process ended with {answer['ended']}")
            return answer
        if "crash" in answer:
            raise ViolationError(f"{act}:\n{answer['crash']}")
        self._judge(act, answer, meant, before)
        return answer

    def _look_after_kill(self) -> None:
        if self._unread is not None:
            act, meant = self._unread
            self._unread = None
            self._judge(act, {}, meant, None)

    def _judge(self, act: Act, answer: dict[str, Any], meant: dict[str, Any], before: list[str] | None) -> None:
        """Hold the journal, the keyring and the hosts' log against what the act may have done; ViolationError."""
        try:
            rows = self._model.take()
            self._figures.records += len(rows)
            check_rows(act.name, rows)
            if act.name == "save" and meant:
                told = answer.get("told", {}).get("act", {})
                refused = bool(told["problems"]) if told else (True if "error" in answer else None)
                check_confirmed(self._model, meant, rows, refused=refused)
            if "told" in answer:
                check_gate(self._model, answer["told"]["holds"], answer["told"]["verified"])
            self._check_logins(act)
            self._check_secrets(act, before)
            self._check_words(rows, answer)
        except ViolationError as error:
            raise ViolationError(f"{act}\n{str(answer)[:2000]}\n{error}") from None

    def _check_logins(self, act: Act) -> None:
        tries = self._watch.logins()
        self._figures.logins += len(tries)
        for one in tries if self._talk else ():
            sys.stderr.write(f"{self._life.number}/{self._number}     login: {one}\n")
        self._logins.items = ITEMS | {self._user: RESPONSYS_PASSWORD}
        self._logins.take(act.name, tries, self._model.renewed)

    def _opening(self, act: Act) -> list[str] | None:
        return self._watch.secrets(self._user)[1] if act.name.startswith("rotate") else None

    def _check_secrets(self, act: Act, before: list[str] | None) -> None:
        if not self._model.renewed and before is None and act.name != "keep_secret":
            return
        marks, opening = self._watch.secrets(self._user)
        for item in self._model.kept:
            if f"cxr-tui/{NAME}/{item}" not in marks:
                raise ViolationError(f"the journal says that {item} is in the keyring, and it is not")
        # `operate` may be stopped between the reset and the new password; then the mail's opens, which nobody keeps
        if before and not opening and act.name != "rotate_operate":
            raise ViolationError("the password in force was in the keyring, and no longer is")

    def _check_words(self, rows: Sequence[Row], answer: dict[str, Any]) -> None:
        words = "".join(row.text for row in rows) + json.dumps(answer)
        if TYPED in words:
            raise ViolationError("a typed password is in the journal or in what was told")

    def _count(self, answer: dict[str, Any]) -> None:
        end = "killed" if "ended" in answer else answer.get("error", "crash" if "crash" in answer else "done")
        self._figures.answers[end] += 1
        told = answer.get("told", {}).get("act")
        if isinstance(told, dict):
            self._figures.findings.update(told.get("codes", ()))
            if "state" in told:
                self._figures.stages[told["state"]] += 1

    def _arrive(self, program: Told) -> None:
        """Let the weather be calm and people honest: everything comes to its end, however often it was hit before."""
        self._watch.faults(())
        steps = [step.id for step in GUIDE.steps][: GUIDE.number(self._life.until)]
        names = ("wait_an_hour", "bring_passwords", "finish_rotation", "arrive")
        holds: list[str] = []
        answers: list[dict[str, Any]] = []
        for _ in range(LAST):
            answers = self._session(program, Session(tuple(Act(name, 1) for name in names), killed=False))
            holds = answers[-1].get("told", {}).get("holds", [])
            _, opening = self._watch.secrets(self._user)
            if set(steps) <= set(holds) and f"cxr-tui/{NAME}/{RESPONSYS_PASSWORD}" in opening:
                break
        else:
            missing = [step for step in steps if step not in holds]
            told = [answer.get("told", answer).get("act", answer) for answer in answers]
            raise ViolationError(f"nothing brings it to its end; missing: {missing}\n{str(told)[:6000]}")
        self._model.verify()

    def _scan(self) -> None:
        """Look through everything that the program has left."""
        folders = [self._home / name for name in ("log", "home", "temporary")]
        folders += [self._home / "sandbox" / name for name in ("integrations", "downloads")]
        found = self._canaries.in_files(folders)
        if found:
            raise ViolationError(f"a secret stands in {', '.join(str(path) for path in found)}")


def _heard(program: Told) -> dict[str, Any]:
    answer = program.hear()
    if answer is None:
        raise ViolationError("the program's process has ended")
    return answer


@contextmanager
def _sandbox(home: Path, life: Life) -> Iterator[ConnectionInfo]:
    options = SandboxOptions(directory=home / "sandbox", people=PEOPLE, seed=life.number + 1)
    process = subprocess.Popen(
        [*program("support.sandboxes.observed_sandbox"), encode(options), "--complete"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(home / "sandbox.log").open("wb"),
        text=True,
        env=environment(home / "home"),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield read_info(process.stdout.readline().encode())
    finally:
        process.stdin.close()
        process.stdout.close()
        process.wait(30)


@contextmanager
def _program(home: Path) -> Iterator[Told]:
    (home / "temporary").mkdir(mode=0o700)
    process = subprocess.Popen(
        [*program("soak.soak_session"), str(home / "log")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(home / "home") | {"TMPDIR": str(home / "temporary")},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        yield Told(process.stdout.fileno(), process.stdin.fileno())
    finally:
        process.stdin.close()
        process.stdout.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Fleet:
    """All lives, on a few lanes side by side."""

    def __init__(self, chosen: Sequence[Life], lanes: int, *, talk: bool) -> None:
        self._waiting = list(chosen)
        self._lanes = lanes
        self._talk = talk
        self._lock = threading.Lock()
        self.canaries = Canaries()
        self.figures = Figures()
        self.violations: list[str] = []

    def sail(self) -> None:
        """Live all lives; stops at the first violation."""
        threads = [threading.Thread(target=self._lane) for _ in range(self._lanes)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _lane(self) -> None:
        while True:
            with self._lock:
                if not self._waiting or self.violations:
                    return
                life = self._waiting.pop(0)
            figures = Figures()
            home = Path(tempfile.mkdtemp(prefix="soak-"))
            (home / "home").mkdir(mode=0o700)
            try:
                Ship(life, home, self.canaries, figures, talk=self._talk).sail()
            except Exception as error:  # noqa: BLE001 - whatever it is belongs in the report
                told = str(error) if isinstance(error, ViolationError) else traceback.format_exc()
                log = (home / "log").read_text(errors="replace")[-2000:] if (home / "log").exists() else ""
                with self._lock:
                    self.violations.append(f"life {life.number}: {told}\n{log}")
            with self._lock:
                self.figures.add(figures)
            shutil.rmtree(home, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--operations", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lanes", type=int, default=2)
    parser.add_argument("--life", type=int, help="only this one of them")
    parser.add_argument("--talk", action="store_true", help="tell every act on standard error")
    args = parser.parse_args(arguments)
    chosen = [one for one in lives(args.operations, args.seed) if args.life in (None, one.number)]
    begun, watch = time.monotonic(), ProcessWatch(os.getpid())
    fleet = Fleet(chosen, args.lanes, talk=args.talk)
    fleet.sail()
    if fleet.canaries.found_in(watch.close()):
        fleet.violations.append("a secret was to be seen in the arguments or the environment of a process")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    figures = vars(fleet.figures)
    document = {
        "seed": args.seed,
        "operations": sum(fleet.figures.acts.values()),
        "seconds": round(time.monotonic() - begun, 1),
        "processor_seconds": round(sum(one.ru_utime + one.ru_stime for one in used), 1),
        **figures,
        "secrets": len(fleet.canaries),
        "bytes_scanned": fleet.canaries.scanned,
        "processes_seen": len(watch.processes),
        "violations": fleet.violations,
    }
    sys.stdout.write(json.dumps(document, indent=2) + "\n")
    return 1 if fleet.violations else 0


if __name__ == "__main__":
    sys.exit(main())

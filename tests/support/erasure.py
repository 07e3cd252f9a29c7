"""An integration with canaries among its answers, stored in a home, and what erasing leaves of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from cxr_tui.domain.answers import digest
from cxr_tui.guide.definition import Personal
from cxr_tui.guide.registry import GUIDE
from cxr_tui.integration import erase as erasing
from cxr_tui.integration.erase import Scope
from cxr_tui.integration.integration import Integration
from cxr_tui.journal.events import answer_entry, note_entry
from cxr_tui.journal.store import Entry, Journal, RecordKind, read_records
from support.worlds.recorded_journals import records
from support.worlds.toy_guide import MemoryCredentials

NAME = "acme"
MEMBER = "canary-member-4711"
EMAIL = "canary.person@example.org"
PASSWORD = "Canary-Passw0rd!"
RIVERA = "jordan.rivera"
"""Whose address the recorded integration uses everywhere."""
CANARIES = {
    Scope.RECORDS: (MEMBER,),
    Scope.ANSWERS: (MEMBER, EMAIL, PASSWORD, RIVERA),
    Scope.ALL: (MEMBER, EMAIL, PASSWORD, RIVERA, "acmeretail", "CUSTOMER_PROFILES"),
}
MEMBERS = "integration-settings.known_members"
PEOPLE = GUIDE.personal(Personal.RECORDS)


def journal_with_canaries(path: Path) -> bytes:
    """Return the journal of a whole integration into which canaries were typed."""
    journal = Journal(path)
    first, last = records("whole")[0][0], records("whole")[-1][0]
    journal.append(first, [answer_entry("audience-designer", "sr_number", PASSWORD, "typed")])
    journal.append(first, [answer_entry("select-object", "description", f"Ask {EMAIL}", "typed")])
    for at, entry in records("whole"):
        journal.append(at, [with_canaries(entry)])
    journal.append(last, [note_entry("first-password", f"{MEMBER} {EMAIL} {PASSWORD}")])
    journal.append(last, [Entry(RecordKind.PREFLIGHT, "", {"what": "answer", "file": MEMBER, "answer": {}})])
    journal.close()
    with closing(sqlite3.connect(path)) as db:  # leaves free pages as every SQLite does that is not told otherwise
        db.execute("PRAGMA secure_delete = OFF")
        db.execute("CREATE TABLE scrap (body TEXT)")
        db.executemany("INSERT INTO scrap VALUES (?)", [(" ".join(CANARIES[Scope.ALL]),)] * 200)
        db.commit()
        db.execute("DROP TABLE scrap")
        db.commit()
    return path.read_bytes()


def make_home(home: Path, journal: bytes) -> None:
    """Make a home with that integration, and with every kind of file next to its journal."""
    path = journal_of(home)
    path.parent.mkdir(mode=0o700, parents=True)
    path.write_bytes(journal)
    folder = journal_of(home).parent
    for path in (
        folder / "journal.db.version-1",
        folder / "preflight" / "0123.part",
        folder / "journal.files" / "unused.pub",
        home / "handovers" / f"{NAME}-2026-11-28.html",
        home / "crashes" / "crash-1.txt",
    ):
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_text(" ".join(CANARIES[Scope.ALL]))


def journal_of(home: Path) -> Path:
    return home / "integrations" / NAME / "journal.db"


def with_canaries(entry: Entry) -> Entry:
    """Return the record with a canary in the place of each sample record, and in all that was said of them."""
    if entry.kind is RecordKind.ANSWER and f"{entry.step}.{entry.body['name']}" in PEOPLE:
        return Entry(entry.kind, entry.step, {**entry.body, "value": [MEMBER]})
    if MEMBERS not in entry.body.get("basis", {}):
        return entry
    basis = {key: digest([MEMBER]) if key in PEOPLE else was for key, was in entry.body["basis"].items()}
    body = {**entry.body, "basis": basis}
    if entry.kind is RecordKind.OUTCOME:
        outcome = body["outcome"]
        findings = [{**one, "seen": f"{MEMBER[:-2]} lives elsewhere", "why": MEMBER} for one in outcome["findings"]]
        body["outcome"] = {**outcome, "findings": findings}
    return Entry(entry.kind, entry.step, body)


def found_in(home: Path, canaries: tuple[str, ...]) -> list[str]:
    """Return which files under a folder hold which canary, and any file at all that is named after one."""
    files = [path for path in home.rglob("*") if path.is_file()]
    return [f"{path.name}: {one}" for path in files for one in canaries if one.encode() in path.read_bytes()]


def tombstones(home: Path) -> list[dict[str, Any]]:
    kept = read_records(journal_of(home))
    return [dict(one.entry.body) for one in kept if one.entry.kind is RecordKind.ERASURE]


def erase(home: Path, scope: Scope) -> erasing.Erasure:
    return erasing.erase(GUIDE, journal_of(home), scope)


def opened(home: Path) -> Integration:
    return Integration(GUIDE, Journal(journal_of(home)), MemoryCredentials(), None, NAME)

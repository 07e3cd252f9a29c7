"""The state of a rehearsal with a key pair of our own, and its next step; the journal stores it.

During a rehearsal the export writes files that CX Audience cannot decrypt, so it ends only when a newer file proves
that the export uses the right key again. A file from before the rehearsal proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Finding, Report, Status
from cxr_tui.domain.instruction import Instruction
from cxr_tui.domain.responsys_data import MessageInfo
from cxr_tui.domain.text import visible
from cxr_tui.guide.checks.export.encryption import check_encryption
from cxr_tui.guide.forms.connect_job import EXPORT_JOB, import_key_visits
from cxr_tui.journal.events import preflight_entry
from cxr_tui.journal.state import JournalState
from cxr_tui.journal.store import Entry
from cxr_tui.preflight.rehearsal_key.key_pair import RehearsalPair, find_pair, key_name
from cxr_tui.preflight.rehearsal_key.stage import WHAT, Stage

SPECIFICATION = "Destination Specification"

_WHY = (
    "Only CX Audience can decrypt the real export. With a key pair of your own, preflight can read one export the way "
    "the import will: you import the public key in Responsys; the private key stays on this computer, encrypted, with "
    "its passphrase in the keyring."
)
_AFTERWARDS = (
    "Then you switch the export back to the key of CX Audience, the next file proves that, and the pair is removed."
)


@dataclass(frozen=True)
class RehearsalState:
    """The state of a rehearsal, from the pair on disk and the journal."""

    stage: Stage
    pair: RehearsalPair | None = None
    since: datetime | None = None
    """Only a file written after this shows which key the export uses now; None: any file does."""
    removed: str = ""
    """Name of a public key whose pair was removed here; it may still be in Responsys."""


def rehearsing(folder: Path, journal: JournalState) -> RehearsalState:
    """Return the state of an integration's rehearsal; reads the pair in its folder."""
    pair, noted = find_pair(folder), journal.preflights.get(WHAT)
    body: Mapping[str, str] = noted.body if noted is not None else {}
    if pair is None:
        return RehearsalState(Stage.NONE, removed=body.get("name", "") if body.get("stage") == Stage.NONE else "")
    if noted is None or body["fingerprint"] != pair.fingerprint:
        return RehearsalState(Stage.MADE, pair)
    modified = body["modified"]
    # an earlier version also recorded that the key was replaced, before the pair was removed
    stage = Stage.MADE if body["stage"] == Stage.MADE else Stage.READ
    return RehearsalState(stage, pair, datetime.fromisoformat(modified) if modified else noted.at)


def entry(pair: RehearsalPair, stage: Stage, modified: datetime | None = None) -> Entry:
    """Return the record that a rehearsal reached a stage; `modified` is the time of the file that showed it."""
    written = modified.isoformat() if modified is not None else ""
    return preflight_entry(
        WHAT, {"stage": stage.value, "fingerprint": pair.fingerprint, "name": key_name(pair), "modified": written}
    )


def todo(rehearsal: RehearsalState, known: Known) -> Instruction:
    """Return the next step."""
    next_run = EXPORT_JOB.next_run(known, "To run it at once: Jobs (Ctrl+R), Run now.")
    match rehearsal:
        case RehearsalState(Stage.MADE, RehearsalPair() as pair):
            note = "Press Select or import key and choose only this key; change nothing else."
            return Instruction(
                "Let the export run once with the rehearsal key, then read its file",
                (
                    "Avoid the scheduled time of the import: CX Audience cannot decrypt this file.",
                    f"Fingerprint {pair.fingerprint}",
                ),
                (
                    *import_key_visits(key_name(pair), str(pair.public_key)),
                    EXPORT_JOB.screen(known, SPECIFICATION, {"Key": key_name(pair)}, note=note),
                    next_run,
                ),
            )
        case RehearsalState(Stage.READ):
            key = {"Key": known.text("import-key.public_key_name")}
            note = "Press Select or import key and choose only the key of CX Audience."
            return Instruction(
                "Switch the export back to the key of CX Audience, and let it run",
                ("Until then CX Audience cannot decrypt the exported files, and every import fails.",),
                (EXPORT_JOB.screen(known, SPECIFICATION, key, note=note), next_run),
            )
        case _:
            return Instruction("Make a key pair for one rehearsal export", (_WHY, _AFTERWARDS))


def check_file(
    rehearsal: RehearsalState,
    message: MessageInfo,
    modified: datetime | None,
    import_key_ids: tuple[str, ...],
    name: str,
) -> Finding:
    """Check by the recipients of the newest file whether the export uses the key of CX Audience again."""
    pair = rehearsal.pair
    assert pair is not None  # nosec B101  # noqa: S101 - the caller asks only where there is a pair
    shown, remedy = visible(name, 150), "save, and let the job run again."
    found = {one.upper() for one in message.recipients}
    if found & set(pair.key_ids):
        return Finding(
            "rehearsal-key-in-use",
            Status.WARN,
            f"{shown} is encrypted to the rehearsal key ({', '.join(sorted(visible(one, 40) for one in found))}).",
            "CX Audience cannot decrypt it, so an import of this file fails.",
            f"Open {SPECIFICATION} of the export job, press Select or import key, choose only the key of CX Audience, "
            f"{remedy} Then check the new file.",
        )
    report = Report()
    check_encryption(report, message, import_key_ids, name)
    wrong = next((one for one in report.verified().findings if one.status in (Status.FAIL, Status.UNKNOWN)), None)
    if wrong is not None:
        return wrong
    if rehearsal.since is not None and (modified is None or modified <= rehearsal.since):
        before = f"was written {modified:%Y-%m-%d %H:%M} UTC, before the rehearsal." if modified else ""
        return Finding(
            "rehearsal-not-over",
            Status.UNKNOWN,
            f"{shown} {before or 'may be older than the rehearsal: the file server does not report its time.'}",
            "It does not show which key the export uses now.",
            "Let the export job run, then check again. If you never chose the rehearsal key there, remove the pair.",
        )
    return Finding(
        "rehearsal-key-replaced",
        Status.PASS,
        f"{shown} is encrypted only to the key of CX Audience. The rehearsal is over, and its key pair is removed "
        f"here; {key_name(pair)} can be deleted in Responsys too, if offered.",
    )

"""Assessment of the import by the traces that a run leaves: CX Audience documents no interface to its jobs. Pure.

Two traces together make a job `on time`: the file of the latest export was fetched, and sample records have its values.
One is enough if records that were changed right before the export have their new values. Less leaves it `unknown`.
"""

from __future__ import annotations

from datetime import datetime

from cxr_tui.domain.finding import Report
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.text import visible
from cxr_tui.guide.screens import SSH2_KEYS_MANAGEMENT
from cxr_tui.guide.steps.transfer.ssh2_key import LONGEST, PROCESSING, USUAL, business_day
from cxr_tui.jobs.evidence import Unavailable
from cxr_tui.jobs.import_evidence import ImportEvidence
from cxr_tui.jobs.job_state import Assessment, JobContext, JobState

_ONLY_ON_SCREENS = "CX Audience shows its jobs only on its screens, which a program cannot read."
_COMPLETED = "In CX Audience open Data > Connect > Manage Connect > Completed Jobs"
_READ_LOG = f"{_COMPLETED}, read the job execution log of the latest run, and fix what it names."
_REJECTED = (
    "In CX Audience open Data > Manage Lists, the list, Actions > View Import History > Download Rejected Records; the "
    "last column names each reason. Fix these values in Responsys; the next runs import them."
)


def assess_import(case: JobContext, traces: ImportEvidence) -> Assessment:
    """Assess the import."""
    return case.expiry() or (case.not_due() if case.expected.due is None else _by_traces(case, traces))


def _waiting_for_key(case: JobContext) -> Assessment | None:
    if case.known.text("ssh2-key.status") != PROCESSING:
        return None
    since = case.known.text("ssh2-key.since")
    day = business_day(datetime.fromisoformat(since), case.now) if since else 0
    progress = f" (business day {day}; usually {USUAL})" if day else f" (usually {USUAL})"
    remedy = f"Look at {' > '.join(SSH2_KEYS_MANAGEMENT)} from time to time; no other action is needed."
    if day > LONGEST:
        remedy = "This takes longer than usual. Ask Oracle Support, and give the tag of the key."
    return Assessment(
        JobState.WAITING_FOR_KEY,
        f"According to the latest note, Oracle is still adding the SSH2 key{progress}. Until then runs are shown as "
        "failed, which is normal.",
        remedy,
    )


def _by_traces(case: JobContext, traces: ImportEvidence) -> Assessment:
    if traces.arrived:
        changed = _have(traces.arrived, " changed before the latest export").capitalize()
        return Assessment(JobState.ON_TIME, f"{changed} arrived.")
    if traces.traceless:
        return Assessment(
            JobState.UNKNOWN,
            f"No export was due between the last two imports, so the run of {case.slot(case.expected.due)} cannot be "
            f"verified. {_ONLY_ON_SCREENS}",
            "Give both jobs the same frequency.",
        )
    if traces.fetched is None:
        return _waiting_for_key(case) or _not_fetched(case, traces)
    return _fetched(case, traces, traces.fetched)


def _fetched(case: JobContext, traces: ImportEvidence, file: RemoteFile) -> Assessment:
    where = f"{visible(file.path, 100)} was {case.written(file)} and fetched since"
    if traces.amiss:
        return Assessment(
            JobState.REJECTED,
            f"{where}, but {_records(traces.amiss)} did not arrive: rows were rejected, or a column mapping is wrong.",
            _REJECTED,
        )
    if traces.in_order:
        return Assessment(JobState.ON_TIME, f"{where}; {_have(traces.in_order)} the same values in both products.")
    members = case.evidence.members
    why = members.why if isinstance(members, Unavailable) else "All sample records were changed after the export."
    return Assessment(
        JobState.UNKNOWN,
        f"{where}, so a run has begun; its result could not be seen. {why} {_ONLY_ON_SCREENS}",
        f"{_COMPLETED}; or enter an API user of CX Audience (step 1) and sample records (step 8).",
    )


def _not_fetched(case: JobContext, traces: ImportEvidence) -> Assessment:
    files, members, report = case.evidence.files, case.evidence.members, Report()
    if isinstance(files, Unavailable):
        seen = files.why
    elif traces.left is not None:
        path = visible(traces.left.path, 100)
        seen = f"{path} is still where the export wrote it."
        report.warn(
            "file-not-fetched",
            f"{path}, {case.written(traces.left)}, was not moved by the import.",
            "An import usually moves the file it has loaded, so perhaps no run has loaded this one.",
            _READ_LOG,
        )
    else:
        seen = "The file of the latest export is in neither folder."
        if not traces.fresh:
            there = "no exported file" if files.newest is None else f"only a file {case.written(files.newest)}"
            report.warn(
                "nothing-to-import",
                f"Before the scheduled time there was {there} on the file server.",
                "The export has not written a new file, so the import probably finds none.",
                "Fix the export first.",
            )
    if isinstance(members, Unavailable):
        seen += f" {members.why}"
    elif traces.amiss:
        seen += f" {_have(traces.amiss).capitalize()} other values in CX Audience than in the export."
    elif traces.in_order:
        seen += f" {_have(traces.in_order).capitalize()} the same values in both products, as before."
    return Assessment(
        JobState.UNKNOWN,
        f"It could not be seen whether the run of {case.slot(case.expected.due)} failed, rejected rows or never began. "
        f"{seen} {_ONLY_ON_SCREENS}",
        f"{_COMPLETED}.",
        findings=report.confirmable().findings,
    )


def _records(count: int) -> str:
    return "one sample record" if count == 1 else f"{count} sample records"


def _have(count: int, which: str = "") -> str:
    return f"{_records(count)}{which} {'has' if count == 1 else 'have'}"

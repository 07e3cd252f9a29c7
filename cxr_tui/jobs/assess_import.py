"""How the import stands: by its screens in the sandbox, elsewhere by what a run leaves behind. Pure.

Two traces together make a job `on time`: the file of the newest export was fetched, and known people have its values.
Or one alone, where people who were changed right before the export have their new values. Less leaves it `unknown`.
"""

from __future__ import annotations

from dataclasses import replace

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import RemoteFile, RunStatus
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.screens import SSH2_KEYS_MANAGEMENT
from cxr_tui.guide.steps.transfer.ssh2_key import LONGEST, USUAL, working_day
from cxr_tui.jobs.assessment import Assessment, JobContext, JobState, telling_text
from cxr_tui.jobs.evidence import FilesSeen, KeySeen, ScreenSeen, ShownRun, Unavailable
from cxr_tui.jobs.import_evidence import ImportEvidence

_COMPLETED = "In CX Audience open Data > Connect > Manage Connect > Completed Jobs"
_READ_LOG = f"{_COMPLETED}, read the job execution log of the newest run, and correct what it names."
_REJECTED = (
    "In CX Audience open Data > Manage Lists, the list, Actions > View Import History > Download Rejected Records; the "
    "last column names each reason. Correct these values in Responsys; the next runs bring them over."
)


def assess_import(case: JobContext, traces: ImportEvidence) -> Assessment:
    """Return how the import stands."""
    if isinstance(case.evidence.screen, ScreenSeen):
        return _by_screen(case, case.evidence.screen, traces)
    if case.expected.due is None:
        return case.expiry() or case.not_due()
    return case.expiry() or _by_traces(case, traces, case.evidence.screen)


def _by_screen(case: JobContext, screen: ScreenSeen, traces: ImportEvidence) -> Assessment:
    if not screen.exists:
        return case.expiry() or Assessment(
            JobState.GONE,
            f'CX Audience has no Connect job named "{visible(case.plan.name)}".',
            "A job that expired is deleted, and a renamed one is not found. If it is gone, make it again with the "
            "wizard (from Source connectivity) and let it never expire.",
        )
    run, due = screen.run, case.expected.due
    if run is not None and run.status is RunStatus.RUNNING:
        return case.under_way(run.started)
    if not screen.active and not case.over:
        return case.inactive()
    if run is not None and (due is None or case.counts(run.started)):
        return _by_shown_run(case, run, traces)
    if run is not None and run.started is None:
        return _by_undated_run(case, run, traces)
    if due is None:
        return case.not_due()
    ever = run is not None or bool(case.runs)
    return Assessment(
        JobState.LATE if ever else JobState.NEVER_RAN,
        f"No run has begun since its slot, {case.slot(due)}."
        + (f" The newest one began {case.when(run.started)}." if run and run.started else " None was ever seen."),
        "Look at Data > Connect > Manage Connect in CX Audience, whether the job shows an error. The next slot comes "
        "by itself.",
    )


def _by_undated_run(case: JobContext, run: ShownRun, traces: ImportEvidence) -> Assessment:
    """Judge a run whose start is not known: a bad end is bad at any time, a good one is not known to be on time."""
    judged = _by_shown_run(case, run, traces)
    if judged.state is not JobState.ON_TIME:
        return judged
    return replace(
        judged,
        state=JobState.UNKNOWN,
        reason="The newest run succeeded. Completed Jobs shows its start in a form that this program does not read, so "
        f"whether it ran in its slot, {case.slot(case.expected.due)}, is not known.",
        remedy=f"{_COMPLETED} and look at the time of the newest run.",
    )


def _by_shown_run(case: JobContext, run: ShownRun, traces: ImportEvidence) -> Assessment:
    began = f"The run that began {case.when(run.started)}" if run.started else "The newest run"
    log = telling_text(run.log)
    match run.status:
        case RunStatus.SUCCEEDED if run.rejected:
            reason = f"{began} rejected {run.rejected:,} of {counted(run.processed or 0, 'record')}."
            return Assessment(JobState.REJECTED, reason, _REJECTED, log)
        case RunStatus.SUCCEEDED:
            count = f" with {counted(run.processed, 'record')}" if run.processed is not None else ""
            after = " It was the last one of its schedule." if case.over else ""
            return Assessment(JobState.ON_TIME, f"{began} succeeded{count}.{after}")
        case RunStatus.FAILED | RunStatus.ABORTED:
            waiting = _waiting_for_key(case, log)
            said = log[-1] if log else "it gave no reason"
            return waiting or Assessment(
                JobState.FAILED,
                f"{began} {run.status.value}: {said}",
                _READ_LOG,
                log,
                _no_new_file(case, traces),
            )
        case _:
            return Assessment(JobState.UNKNOWN, f"{began} shows a status that is not known.", f"{_COMPLETED}.", log)


def _waiting_for_key(case: JobContext, log: tuple[str, ...] = ()) -> Assessment | None:
    key = case.evidence.key
    if not isinstance(key, KeySeen) or not key.processing:
        return None
    day = working_day(key.since, case.now) if key.since else 0
    told = f", working day {day} of the usual {USUAL}" if day else f"; usual are {USUAL}"
    remedy = f"Look at {' > '.join(SSH2_KEYS_MANAGEMENT)} now and then; nothing else has to be done."
    if day > LONGEST:
        remedy = "This takes longer than usual: ask Oracle Support, and name the tag of the key."
    who = "By what was noted last, Oracle" if key.noted else "Oracle"
    return Assessment(
        JobState.WAITING_FOR_KEY,
        f"{who} is still adding the SSH2 key{told}. Until then runs show failed, which is normal.",
        remedy,
        log,
    )


def _by_traces(case: JobContext, traces: ImportEvidence, screen: Unavailable) -> Assessment:
    if traces.arrived:
        return Assessment(
            JobState.ON_TIME, f"{_people(traces.arrived)} who were changed before the newest export have arrived."
        )
    if traces.traceless:
        return Assessment(
            JobState.UNKNOWN,
            f"No export was due between its last two slots, so the run of {case.slot(case.expected.due)} leaves no "
            f"trace. {screen.why}",
            "Let both jobs run every so many days alike.",
        )
    if traces.fetched is None:
        return _waiting_for_key(case) or _not_fetched(case, traces, screen)
    return _fetched(case, traces, traces.fetched, screen)


def _fetched(case: JobContext, traces: ImportEvidence, file: RemoteFile, screen: Unavailable) -> Assessment:
    where = f"{visible(file.path, 100)} was {case.written(file)} and fetched since"
    if traces.amiss:
        return Assessment(
            JobState.REJECTED,
            f"{where}, but {_people(traces.amiss)} in it did not arrive: their rows were rejected, or a column is "
            "mapped wrongly.",
            _REJECTED,
        )
    if traces.in_order:
        many = _people(traces.in_order)
        return Assessment(
            JobState.ON_TIME, f"{where}; {many} {_have(traces.in_order)} the same values in both products."
        )
    members = case.evidence.members
    why = members.why if isinstance(members, Unavailable) else "Everybody who is known was changed after the export."
    return Assessment(
        JobState.UNKNOWN,
        f"{where}, so a run has begun; how it ended cannot be seen. {why} {screen.why}",
        f"{_COMPLETED}; or enter an API user of CX Audience (step 1) and known members (step 8).",
    )


def _not_fetched(case: JobContext, traces: ImportEvidence, screen: Unavailable) -> Assessment:
    files, members, counts = case.evidence.files, case.evidence.members, traces.counts
    findings = _no_new_file(case, traces)
    if isinstance(files, Unavailable):
        seen = files.why
    elif traces.left is not None:
        seen = f"{visible(traces.left.path, 100)} still lies where the export has put it."
        findings = (*findings, _still_there(case, traces.left))
    else:
        seen = "The file of the newest export is in neither folder."
    if isinstance(members, Unavailable):
        seen += f" {members.why}"
    elif counts is not None and counts.amiss:
        seen += f" {_people(counts.amiss)} {_have(counts.amiss)} other values in CX Audience than the newest export."
    elif counts is not None and counts.in_order:
        people, have = _people(counts.in_order), _have(counts.in_order)
        seen += f" {people} {have} the same values in both products, as they had before."
    return Assessment(
        JobState.UNKNOWN,
        f"Whether its run of {case.slot(case.expected.due)} failed, rejected rows, or never began cannot be seen from "
        f"here. {seen} {screen.why}",
        f"{_COMPLETED}.",
        findings=findings,
    )


def _still_there(case: JobContext, file: RemoteFile) -> Finding:
    return Finding(
        "file-not-fetched",
        Status.WARN,
        f"{visible(file.path, 100)}, {case.written(file)}, was not moved by the import.",
        "An import mostly moves the file it has loaded; that it lies there may mean that no run has loaded it.",
        _READ_LOG,
    )


def _no_new_file(case: JobContext, traces: ImportEvidence) -> tuple[Finding, ...]:
    """Return a warning where the export left the import nothing to fetch."""
    files = case.evidence.files
    if traces.fresh or not isinstance(files, FilesSeen) or case.export is None:
        return ()
    newest = files.newest
    seen = "no exported file" if newest is None else f"only one {case.written(newest)}"
    return (
        Finding(
            "nothing-to-import",
            Status.WARN,
            f"Before its slot there was {seen} on the file server.",
            "The export has not brought a new file, so the import probably finds none.",
            "See to the export first.",
        ),
    )


def _people(count: int) -> str:
    return "One known member" if count == 1 else f"{count} known members"


def _have(count: int) -> str:
    return "has" if count == 1 else "have"

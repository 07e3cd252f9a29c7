"""Connect jobs as both products' wizards make them: names, screens, and whether a job is there."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cxr_tui.domain.answers import Known
from cxr_tui.domain.certainty import Ground, documented, inferred
from cxr_tui.domain.finding import Fix, Report, Status
from cxr_tui.domain.instruction import Site, Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import ConnectJob
from cxr_tui.domain.text import quoted
from cxr_tui.guide.checks.columns import nearest
from cxr_tui.guide.checks.common import look
from cxr_tui.guide.definition import Check
from cxr_tui.guide.forms.validators import JOB_NAME_LIMIT, job_name
from cxr_tui.guide.screens import CREATE_JOB

UNNAMED_JOB = "(the job)"
"""Stands in a click path for the name of a job that has none yet."""

JOB_NAME_HELP = (
    "Up to 100 characters: letters, digits, space and ! - = @ _ [ ] { }. The wizard finds the job again by this name."
)
JOB_NAME_SOURCE = "Responsys Help, Connect wizard (documented for Responsys, inferred for CX Audience)"

_OF_RESPONSYS = documented("B.5")
OF_AUDIENCE = inferred("C.7")
"""That a rule of Connect holds in CX Audience too."""
_NOT_IN_A_JOB_NAME = re.compile(r"[^A-Za-z0-9 !\-=@_\[\]{}]+")


def proposed_job_name(text: str) -> str:
    """Return `text` as a job name that Connect accepts: other characters become `_`, and it ends at the limit."""
    return _NOT_IN_A_JOB_NAME.sub("_", text).strip()[:JOB_NAME_LIMIT]


def check_job_name(report: Report, key: str, known: Known, ground: Ground = _OF_RESPONSYS) -> None:
    """Report whether the job name under `key` is one that Connect accepts, and offer one that is."""
    name = known.text(key)
    problem = job_name(name, known)
    if problem is None:
        report.entered("job-name", f"the job name {name}, which Connect allows.")
        return
    mended = proposed_job_name(name)
    fix = Fix(f'Use the name "{mended}"', {key: mended}) if job_name(mended, known) is None else None
    report.fail(
        "job-name-invalid",
        problem,
        "Connect of Responsys does not take such a name, and the one of CX Audience probably not either.",
        f"Use a name such as {mended}, here and under Job name of {' > '.join(CREATE_JOB)}.",
        fix,
        ground=ground,
    )


def create_job(site: Site, kind: str, name: str, description: str) -> Visit:
    """Return the visit of the Create job dialog; `kind` is the Type of job as the drop-down shows it.

    Oracle's procedure names the button Done for an import of Responsys, and Create for every other job.
    """
    button = "Done" if (site, kind) == (Site.RESPONSYS, "Import Profile Data") else "Create"
    return Visit(
        site,
        CREATE_JOB,
        {"Type of job": kind, "Job name": name, "Description": description},
        press=(button,),
        note="Data > Connect opens the Manage Connect page. After the dialog the Connect wizard opens; its steps can "
        "be completed in any order.",
        undocumented=("Type of job",),
    )


def job_screen(name: str, *screen: str) -> tuple[str, ...]:
    """Return the click path of one step of a job's wizard."""
    return ("Data", "Connect", "Manage Connect", name or UNNAMED_JOB, *screen)


async def jobs_of(c: Check, connect: Responsys, optional: Status = Status.WARN) -> tuple[ConnectJob, ...] | None:
    """Return the Connect jobs, None where the optional Connect user could not read them; that is a warning."""
    return await look(c, "Reading the Connect jobs", connect.connect_jobs(), optional=optional)


def job_named(jobs: Sequence[ConnectJob], name: str) -> ConnectJob | None:
    """Return the job of this name; of several an active one, then the newest: a job that was replaced may stay."""
    named = [job for job in jobs if job.name == name]
    return max(named, key=lambda job: (job.active is True, job.active is None, job.job_id), default=None)


def report_activity_unknown(report: Report, name: str) -> None:
    """Report that Responsys lists a job and does not say whether it is active; that stops no step."""
    report.warn(
        "job-activity-unknown",
        f"Responsys does not report whether {name} is active.",
        "An inactive job never runs.",
        f"Look at Data > Connect > Manage Connect, the job {name}, Schedule: Status has to be Active.",
    )


def check_presence(report: Report, jobs: Sequence[ConnectJob], name: str) -> ConnectJob | None:
    """Return the job of this name; where there is none, report `job-gone` with what is there instead."""
    found = job_named(jobs, name)
    active = [job for job in jobs if job.name == name and job.active]
    if len(active) > 1:
        report.warn(
            "job-name-repeated",
            f"{len(active)} active Connect jobs are named {name}: {', '.join(str(job.job_id) for job in active)}.",
            "Each of them writes the file, and this program can follow only one of them.",
            "Deactivate the jobs that are not needed, in Data > Connect > Manage Connect.",
        )
    if found is None:
        near = nearest(name, [job.name for job in jobs])
        instead = f" Similar names: {', '.join(near)}." if near else ""
        report.fail(
            "job-gone",
            f"Responsys has no Connect job named {quoted(name)}.{instead}",
            "A job that reaches its expiration date is deleted and cannot be brought back. A renamed job is not found "
            "either.",
            "Look at Data > Connect > Manage Connect. If the job is gone, create it again (the five export steps, from "
            "Select object) and set Expiration to Never expire. If it was renamed, give it this name again.",
            identity=name,
        )
    return found

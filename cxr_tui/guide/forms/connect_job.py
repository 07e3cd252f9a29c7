"""The export job and the import job: the screens of their Connect wizards, their names, and whether a job exists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cxr_tui.domain.answers import Known
from cxr_tui.domain.certainty import Ground, documented, inferred
from cxr_tui.domain.finding import Fix, Report, Status
from cxr_tui.domain.instruction import FileRef, Mismatch, Site, Typed, Visit
from cxr_tui.domain.ports import Responsys
from cxr_tui.domain.responsys_data import ConnectJob
from cxr_tui.domain.text import quoted
from cxr_tui.guide.checks.columns import nearest
from cxr_tui.guide.checks.common import look
from cxr_tui.guide.definition import Check, Field, Part, Personal, Product
from cxr_tui.guide.forms.validators import JOB_NAME_LIMIT, job_name, one_line
from cxr_tui.guide.screens import CREATE_JOB, IMPORT_KEY, MANAGE_CONNECT

UNNAMED_JOB = "(the job)"
"""Replaces the name of a job in a click path while it has none."""
OF_AUDIENCE = inferred("C.7")
"""How certain it is that a rule of Connect in Responsys applies to CX Audience too."""

_WHEN_IT_STARTS = "The job probably starts within 15 minutes of its time and takes a few more."
_NOT_IN_A_JOB_NAME = re.compile(r"[^A-Za-z0-9 !\-=@_\[\]{}]+")


def create_job(site: Site, kind: str, name: str, description: str) -> Visit:
    """Return the visit of the Create job dialog; `kind` is the Type of job as the drop-down shows it.

    Oracle's procedure names the button Done for an import job of Responsys, and Create for every other job.
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


def import_key_visits(name: str, file: str) -> tuple[Visit, Visit]:
    """Return the click path of the import of a public key in Responsys, under a name."""
    job = proposed_job_name(f"Key {name}")
    return (
        create_job(Site.RESPONSYS, "Import Profile Data", job, "Temporary job, used only to open the key dialog"),
        Visit(
            Site.RESPONSYS,
            IMPORT_KEY,
            {"New public key name": name, "Choose file": FileRef(file)},
            ("Import",),
            note="Use the Import public key section. Then exit the Connect job; you no longer need it.",
        ),
    )


def job_screen(name: str, *screen: str) -> tuple[str, ...]:
    """Return the click path of one screen of a job's Connect wizard."""
    return (*CREATE_JOB[:-1], name or UNNAMED_JOB, *screen)


def proposed_job_name(text: str) -> str:
    """Return `text` as a job name that Connect accepts: other characters become `_`, and it ends at the limit."""
    return _NOT_IN_A_JOB_NAME.sub("_", text).strip()[:JOB_NAME_LIMIT]


@dataclass(frozen=True)
class JobWizard:
    """The Connect wizard of one of the two jobs that the procedure sets up."""

    title: str
    site: Site
    product: Product
    part: Part
    kind: str
    """Type of job, as the Create job dialog shows it."""
    created_at: str
    """Id of the step that creates the job."""
    ground: Ground
    """How certain the rules of Connect are for this job."""

    @property
    def name_key(self) -> str:
        """Key of the job's name."""
        return f"{self.created_at}.job_name"

    def name(self, known: Known) -> str:
        """Return the job's name, empty while there is none."""
        return known.text(self.name_key)

    def create(self, known: Known) -> Visit:
        """Return the visit of the Create job dialog."""
        return create_job(self.site, self.kind, self.name(known), known.text(f"{self.created_at}.description"))

    def screen(
        self,
        known: Known,
        screen: str,
        entries: Mapping[str, Typed],
        *,
        press: tuple[str, ...] = ("Save",),
        brings: Mapping[str, str] | None = None,
        note: str = "",
        undocumented: tuple[str, ...] = (),
        mismatches: Mapping[str, Mismatch] | None = None,
    ) -> Visit:
        """Return the visit of one screen of the job's Connect wizard."""
        path = job_screen(self.name(known), screen)
        return Visit(self.site, path, entries, press, brings or {}, note, undocumented, mismatches or {})

    def next_run(self, known: Known, note: str = _WHEN_IT_STARTS) -> Visit:
        """Return the visit of the calendar that waits until the job has run."""
        entries = {"Product": self.product.value, "Job name": self.name(known)}
        return Visit(Site.CALENDAR, ("Until the job has run",), entries, note=note)

    def name_fields(self, pattern: str, list_key: str, description: str) -> tuple[Field, Field]:
        """Return the fields of the Create job dialog; `{}` in `pattern` stands for the list in the suggested name."""

        def suggested(known: Known) -> str | None:
            name = known.text(f"{self.created_at}.list") or known.text(list_key)
            return proposed_job_name(pattern.format(name)) if name else None

        return (
            Field(
                "job_name",
                "Job name",
                help="Up to 100 characters: letters, digits, space and ! - = @ _ [ ] { }. The wizard finds the job "
                "again by this name.",
                source="Responsys Help, Connect wizard (documented for Responsys, inferred for CX Audience)",
                default=suggested,
            ),
            Field(
                "description",
                "Description",
                help="A short description for colleagues.",
                default=description,
                rule=one_line(),
                optional=True,
                personal=Personal.ANSWERS,
            ),
        )

    def check_name(self, report: Report, known: Known) -> None:
        """Report whether Connect accepts the job's name, and offer a name that it accepts."""
        name = self.name(known)
        problem = job_name(name, known)
        if problem is None:
            report.entered("job-name", f"the job name {name}, which Connect allows.")
            return
        valid = proposed_job_name(name)
        report.fail(
            "job-name-invalid",
            problem,
            "Connect in Responsys does not accept this name, and in CX Audience it probably does not either.",
            f"Use a name such as {valid}, here and under Job name of {' > '.join(CREATE_JOB)}.",
            Fix(f'Use "{valid}"', {self.name_key: valid}) if job_name(valid, known) is None else None,
            ground=self.ground,
        )


EXPORT_JOB = JobWizard(
    "Export job", Site.RESPONSYS, Product.RESPONSYS, Part.EXPORT, "Export Data", "select-object", documented("B.5")
)
IMPORT_JOB = JobWizard(
    "Import job",
    Site.AUDIENCE,
    Product.AUDIENCE,
    Part.IMPORT,
    "Import Profile Data",
    "source-connectivity",
    OF_AUDIENCE,
)


async def jobs_of(c: Check, connect: Responsys, optional: Status = Status.WARN) -> tuple[ConnectJob, ...] | None:
    """Return the Connect jobs, None where the optional Connect user could not read them, which is a warning."""
    return await look(c, "Reading the Connect jobs", connect.connect_jobs(), optional=optional)


def job_named(jobs: Sequence[ConnectJob], name: str) -> ConnectJob | None:
    """Return the job of this name; of several an active job, then the newest, for a replaced job may remain."""
    named = [job for job in jobs if job.name == name]
    return max(named, key=lambda job: (job.active is True, job.active is None, job.job_id), default=None)


def check_presence(report: Report, jobs: Sequence[ConnectJob], name: str) -> ConnectJob | None:
    """Return the job of this name; without one, report `job-gone` with similar names."""
    found = job_named(jobs, name)
    active = [job for job in jobs if job.name == name and job.active]
    if len(active) > 1:
        report.warn(
            "job-name-repeated",
            f"{len(active)} active Connect jobs are named {name}: {', '.join(str(job.job_id) for job in active)}.",
            "Each of them writes the file, and the wizard can follow only one.",
            f"Deactivate the jobs you do not need, in {MANAGE_CONNECT}.",
        )
    if found is None:
        near = nearest(name, [job.name for job in jobs])
        instead = f" Similar names: {', '.join(near)}." if near else ""
        report.fail(
            "job-gone",
            f"Responsys has no Connect job named {quoted(name)}.{instead}",
            "Expired jobs are deleted permanently. A renamed job cannot be found either.",
            f"Open {MANAGE_CONNECT}. If the job is gone, create it again (steps 12 to 16) and set Expiration to Never "
            "expire. If it was renamed, give it this name again.",
            identity=name,
        )
    return found

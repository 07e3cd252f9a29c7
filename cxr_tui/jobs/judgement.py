"""The judgement of a job: pure, from what was expected and what was seen."""

from __future__ import annotations

from dataclasses import replace

from cxr_tui.jobs.expectation import JobKind
from cxr_tui.jobs.export_judgement import judge_export
from cxr_tui.jobs.history import trends
from cxr_tui.jobs.import_judgement import judge_import
from cxr_tui.jobs.standing import Case, JobState, Judgement

_COURSE_TELLS = (JobState.ON_TIME, JobState.REJECTED)
"""States of which the course of the runs can add something; the others are a matter of the newest run alone."""


def judge(case: Case) -> Judgement:
    """Return how a job stands, with what its course warns of."""
    told = judge_export(case) if case.plan.kind is JobKind.EXPORT else judge_import(case)
    if told.state not in _COURSE_TELLS:
        return told
    return replace(told, findings=(*told.findings, *trends(case.runs)))

"""The judgement of a job: pure, from what was expected and what was seen."""

from __future__ import annotations

from dataclasses import replace

from cxr_tui.jobs.assess_export import judge_export
from cxr_tui.jobs.assess_import import judge_import
from cxr_tui.jobs.assessment import Case, JobState, Judgement
from cxr_tui.jobs.expected_runs import JobKind
from cxr_tui.jobs.run_history import trends

_COURSE_TELLS = (JobState.ON_TIME, JobState.REJECTED)
"""States of which the course of the runs can add something; the others are a matter of the newest run alone."""


def judge(case: Case) -> Judgement:
    """Return how a job stands, with what its course warns of."""
    told = judge_export(case) if case.plan.kind is JobKind.EXPORT else judge_import(case)
    if told.state not in _COURSE_TELLS:
        return told
    return replace(told, findings=(*told.findings, *trends(case.runs)))

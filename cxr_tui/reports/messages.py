"""Ready-made texts: service requests, emails, and tasks for a colleague with the other login.

Every value comes from the journal or is a suggestion of the guide; no text contains a password.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from cxr_tui.domain.answers import Known
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Typed, Visit
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Step
from cxr_tui.guide.forms.connect_job import UNNAMED_JOB
from cxr_tui.guide.screens import SSH2_KEYS_MANAGEMENT, USER_MANAGEMENT
from cxr_tui.guide.steps.transfer.ssh2_key import MAIL_SUBJECT, USUAL
from cxr_tui.guided.operator_runner import SECRET_PREFIX
from cxr_tui.integration.integration import Integration
from cxr_tui.presentation.instructions import caveat
from cxr_tui.reports.handover import schedules

OPEN = "(not known yet)"
"""Shown for a value that was not entered yet."""
_PRODUCTS = {Site.RESPONSYS: "Responsys", Site.AUDIENCE: "CX Audience"}
LONGEST = 2000
"""Characters of one value that a text shows."""


@dataclass(frozen=True)
class Text:
    """A text for another person."""

    id: str
    title: str
    to: str
    """The addressee."""
    subject: str
    text: str
    """Lines of plain text, safe to paste anywhere."""
    steps: tuple[str, ...] = ()
    """Steps at which it is offered."""

    @property
    def whole(self) -> str:
        """Return subject and body, as they are copied."""
        return f"Subject: {self.subject}\n\n{self.text}" if self.subject else self.text


def texts(integration: Integration) -> tuple[Text, ...]:
    """Return every text that can be written by now, in the order in which they are needed."""
    known = integration.journal_state().known()
    found = [*_requests(integration), *_mails(known, integration.world.now()), *_asked_for(integration)]
    found += [text for site in _PRODUCTS if (text := _colleague(integration, site)) is not None]
    order = {step.id: place for place, step in enumerate(integration.guide.steps)}
    return tuple(sorted(found, key=lambda one: order.get(one.steps[0], len(order)) if one.steps else len(order)))


def texts_of(integration: Integration, step_id: str) -> tuple[Text, ...]:
    """Return the texts that are offered at a step, with the step's own part for a colleague."""
    own = [one for one in texts(integration) if step_id in one.steps]
    step = integration.guide.step(step_id)
    for site in _PRODUCTS:
        visits = tuple(visit for visit in integration.visits(step_id) if visit.site is site)
        if visits and not integration.states()[step_id].done:
            own.append(_for_colleague(integration, site, [(step, visits)], f"step-{step_id}-{site.value}"))
    return tuple(own)


# Service requests


def _requests(integration: Integration) -> Iterator[Text]:
    """Yield the service requests, as the guide's own visits to My Oracle Support fill them in.

    A request is left out until every value from earlier steps is known: an incomplete one costs days.
    """
    known = integration.journal_state().known()
    if not known.has("account.account_name"):
        return
    for step in integration.guide.steps:
        if any(view.field.origin and view.value is None for view in integration.form(step.id)):
            continue
        for visit in integration.visits(step.id):
            if visit.site is Site.SUPPORT:
                yield _text("service-request", known, name=step.id, steps=(step.id,), step=step, visit=visit)


# Mails

_MAILS = (
    ("ssh2-key-pending", ("ssh2-key.tag", "ssh2-key.fingerprint"), ("ssh2-key",)),
    ("data-director", ("account.account_name",), ("import-key",)),
    ("filters-change", ("account.account_name",), ("audience-designer",)),
    ("welcome-mail", ("add-user.email",), ("first-password", "add-user")),
    ("own-ssh-key", ("account.account_name",), ("account", "destination-connectivity")),
    ("ssh2-mail", ("ssh2-key.email",), ("ssh2-key",)),
)
"""Templates, with the answers that each needs and the steps at which it is offered."""


def _mails(known: Known, now: datetime) -> Iterator[Text]:
    for template, needed, steps in _MAILS:
        if all(map(known.text, needed)):
            yield _text(template, known, steps=steps, usual=USUAL, mail_subject=MAIL_SUBJECT)
    jobs = [job for job in schedules(known, now) if job["zone"]]
    if [job["job"] for job in jobs] == ["export", "import"]:
        yield _text("job-times", known, steps=("import-schedule", "export-schedule", "go-live"), jobs=jobs)


def _asked_for(integration: Integration) -> Iterator[Text]:
    """Yield a request for each thing that the guide asks a colleague for."""
    known = integration.journal_state().known()
    for step in integration.guide.steps:
        for visit in integration.visits(step.id):
            if visit.site is Site.COLLEAGUE:
                name = f"ask-{visit.path[-1].lower().replace(' ', '-')}"
                yield _text("ask", known, name=name, steps=(step.id,), visit=visit)


# The colleague with the other login

_Part = tuple[Step, tuple[Visit, ...]]


def _colleague(integration: Integration, site: Site) -> Text | None:
    """Return all open parts in one product; None where there are none.

    Steps that are done are left out: repeating one, such as a password reset, does harm. So are those after a value
    that is not known yet.
    """
    states = integration.states()
    parts: list[_Part] = []
    for step in integration.guide.steps:
        visits = tuple(visit for visit in integration.visits(step.id) if visit.site is site)
        if not visits or states[step.id].done:
            continue
        if not all(map(_complete, visits)):
            break
        parts.append((step, visits))
    return _for_colleague(integration, site, parts, f"colleague-{site.value}") if parts else None


def _complete(visit: Visit) -> bool:
    """Say whether every value of a visit is known; a text with gaps would have to be sent twice."""
    gaps = any(typed in ("", [], {}) for label, typed in visit.entries.items() if label != "Description")
    return not gaps and UNNAMED_JOB not in visit.path and not any(label.startswith(": ") for label in visit.brings)


def _for_colleague(integration: Integration, site: Site, parts: list[_Part], name: str) -> Text:
    known, number = integration.journal_state().known(), integration.guide.number
    return _text("colleague", known, name=name, product=_PRODUCTS[site], parts=parts, number=number)


# Templates


def _text(template: str, known: Known, *, name: str = "", steps: tuple[str, ...] = (), **more: object) -> Text:
    """Return a filled-in template: lines `Title`, `To` and `Subject`, then after an empty line the body."""
    head, body = (
        _environment()
        .get_template(f"{template}.txt.j2")
        .render(more, known=known.text, value=lambda key: known.text(key) or OPEN)
        .split("\n\n", 1)
    )
    title, to, subject = (line.partition(":")[2].strip() for line in head.split("\n"))
    return Text(name or template, title, to, subject, body.rstrip("\n"), steps)


@cache
def _environment() -> Environment:
    """Return the environment of the templates; every value that they show is one line without control characters."""
    environment = Environment(
        loader=PackageLoader("cxr_tui.reports", "templates/messages"),
        autoescape=False,  # nosec B701  # noqa: S701 - plain text has no markup
        finalize=lambda value: visible(str(value), LONGEST),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"words": _words, "caveat": caveat}
    environment.globals |= {
        "open": OPEN,
        "secret_prefix": SECRET_PREFIX,
        "ssh2_keys": " > ".join(SSH2_KEYS_MANAGEMENT),
        "user_management": USER_MANAGEMENT,
    }
    return environment


def _words(typed: Typed) -> str:
    """Return what to enter on a screen, for a reader who does not see this program."""
    match typed:
        case SecretRef():
            return "(I will give it to you separately)"
        case Carried(label):
            return f"(“{label}”, from above)"
        case FileRef(path):
            return f"(the file that comes with this: {path})" if path else "(the file that comes with this)"
        case bool():
            return "selected" if typed else "not selected"
        case list():
            return ", ".join(typed) or OPEN
        case dict():
            return "; ".join(f"{left} to {right}" for left, right in typed.items()) or OPEN
        case _:
            return str(typed) or OPEN

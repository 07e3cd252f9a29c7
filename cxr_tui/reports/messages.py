"""Texts ready to copy: the service requests, the mails, and what a colleague with the other login has to do.

Every value comes from the journal or is what the guide proposes; a password never stands in a text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cxr_tui.domain.answers import Known
from cxr_tui.domain.instruction import Carried, FileRef, SecretRef, Site, Typed, Visit
from cxr_tui.domain.text import visible
from cxr_tui.guide.definition import Guide, Step
from cxr_tui.guide.forms.connect_job import UNNAMED_JOB
from cxr_tui.guide.forms.schedule import local_slot, read_schedule
from cxr_tui.guide.screens import SSH2_KEYS_MANAGEMENT, USER_MANAGEMENT
from cxr_tui.guide.steps.transfer.ssh2_key import MAIL_SUBJECT, USUAL
from cxr_tui.guided.operator_runner import SECRET_PREFIX
from cxr_tui.integration.integration import Integration
from cxr_tui.presentation.instructions import caveat

OPEN = "(not known yet)"
SUPPORT = "My Oracle Support"
_PRODUCTS = {Site.RESPONSYS: "Responsys", Site.AUDIENCE: "CX Audience"}
_OTHER_WAY = "comes to you by another way than this; it never stands in a mail"
LONGEST = 2000


@dataclass(frozen=True)
class Text:
    """One text for somebody else."""

    id: str
    title: str
    to: str
    """Who gets it."""
    subject: str
    body: str
    """Lines of plain text, safe to paste anywhere."""
    steps: tuple[str, ...] = ()
    """Steps at which it is of use."""

    @property
    def whole(self) -> str:
        """Return subject and body, as they are copied."""
        return f"Subject: {self.subject}\n\n{self.body}" if self.subject else self.body


def texts(integration: Integration) -> tuple[Text, ...]:
    """Return every text that can be written by now, in the order in which they are needed."""
    known = integration.journal_state().known()
    found = [*_requests(integration), *_mails(integration.guide, known), *_asked_for(integration)]
    found += [text for site in _PRODUCTS if (text := _colleague(integration, site)) is not None]
    order = {step.id: place for place, step in enumerate(integration.guide.steps)}
    return tuple(sorted(found, key=lambda one: order.get(one.steps[0], len(order)) if one.steps else len(order)))


def texts_of(integration: Integration, step_id: str) -> tuple[Text, ...]:
    """Return the texts that are of use at one step, with the step's own part for a colleague."""
    own = [one for one in texts(integration) if step_id in one.steps]
    step = integration.guide.step(step_id)
    for site in _PRODUCTS:
        visits = tuple(visit for visit in integration.visits(step_id) if visit.site is site)
        if visits and not integration.states()[step_id].done:
            own.append(_for_colleague(integration, site, [(step, visits)], f"step-{step_id}-{site.value}"))
    return tuple(own)


def texts_document(found: tuple[Text, ...]) -> list[dict[str, Any]]:
    """Return texts as a JSON-able list."""
    return [
        {
            "id": one.id,
            "title": one.title,
            "to": one.to,
            "subject": one.subject,
            "text": one.body,
            "steps": [*one.steps],
        }
        for one in found
    ]


def _text(title: str, to: str, subject: str, lines: list[str], *, name: str, steps: tuple[str, ...] = ()) -> Text:
    body = "\n".join(visible(line, LONGEST) for block in lines for line in (block.split("\n") or [""]))
    return Text(name, visible(title), visible(to), visible(subject), body, steps)


# Service requests


def _requests(integration: Integration) -> Iterator[Text]:
    """Yield the service requests, as the guide's own visits to My Oracle Support fill them in.

    Not before all is known that they carry over from earlier steps: half a request only costs days.
    """
    if not integration.journal_state().known().has("account.account_name"):
        return
    for step in integration.guide.steps:
        if any(view.field.origin and view.value is None for view in integration.form(step.id)):
            continue
        for visit in integration.visits(step.id):
            if visit.site is Site.SUPPORT:
                lines = [f"{' > '.join(visit.clicks)} in {SUPPORT}"]
                for label, typed in visit.entries.items():
                    value = _value(typed)
                    lines += (
                        ["", f"{label}:", value.rstrip("\n")]
                        if "\n" in value or len(value) > 100
                        else [f"{label}: {value}"]
                    )
                title = f"Service request: {step.title}"
                yield _text(title, "Oracle Support", "", lines, name=step.id, steps=(step.id,))
    pending = _pending_key(integration.journal_state().known())
    if pending is not None:
        yield pending


def _pending_key(known: Known) -> Text | None:
    """Return the question to Oracle Support where the SSH2 key waits for too long; None before it is uploaded."""
    tag, fingerprint = known.text("ssh2-key.tag"), known.text("ssh2-key.fingerprint")
    if not (tag and fingerprint):
        return None
    since = known.text("ssh2-key.since")[:10] or OPEN
    lines = [
        f"In the Responsys account {_or(known, 'account.account_name')} we have added an SSH2 public key that is not "
        "Completed yet. Usual are " + USUAL + ".",
        "",
        f"Where: {' > '.join(SSH2_KEYS_MANAGEMENT)}",
        f"SCP user: {_or(known, 'destination-connectivity.user_name')}",
        f"Tag name: {tag}",
        f"Fingerprint: {fingerprint}",
        f"Added on: {since}",
        "",
        "Please look where its work order is, and tell us when the key will be added.",
    ]
    title = "Service request: where is the SSH2 key?"
    return _text(title, "Oracle Support", "", lines, name="ssh2-key-pending", steps=("ssh2-key",))


# Mails


def _mails(guide: Guide, known: Known) -> Iterator[Text]:
    for make in (_role_mail, _filters_change, _welcome_mail, _own_key, _key_mail, _slots):
        text = make(guide, known)
        if text is not None:
            yield text


def _filters_change(_: Guide, known: Known) -> Text | None:
    account = known.text("account.account_name")
    if not account:
        return None
    number = known.text("audience-designer.sr_number")
    lines = [
        "Hello,",
        "",
        (
            "we have asked Oracle to enable Audience Designer for our Responsys account "
            f"{account}{f' (service request {number})' if number else ''}, because we connect it with CX Audience."
        ),
        "",
        (
            "What changes for you: the account gets the simple filter designer. Existing classic filters can still be "
            "executed, edited and saved as another classic filter. Nobody can create a brand new classic filter any "
            "more."
        ),
        "",
        "If you need a classic filter that does not exist yet, please create it before the request is completed.",
    ]
    subject = "Responsys: new classic filters can soon no longer be created"
    to = "Everybody who builds filters in Responsys"
    return _text(
        "Mail: what changes for filters", to, subject, lines, name="filters-change", steps=("audience-designer",)
    )


def _role_mail(_: Guide, known: Known) -> Text | None:
    account = known.text("account.account_name")
    if not account:
        return None
    lines = [
        "Hello,",
        "",
        f"I set up the integration of our Responsys account {account} with CX Audience, and work with Data > Connect.",
        "That needs the Data Director role.",
        "",
        f"Please give it to me: {USER_MANAGEMENT}, my user, Role Assignment. The integration user must not get it.",
    ]
    subject = "Responsys: the Data Director role, please"
    to = "An Account Administrator of Responsys"
    return _text("Mail: the Data Director role", to, subject, lines, name="data-director", steps=("import-key",))


def _welcome_mail(_: Guide, known: Known) -> Text | None:
    email, login = known.text("add-user.email"), known.text("add-user.login_name")
    if not email:
        return None
    lines = [
        "Hello,",
        "",
        (
            f"the user {login or OPEN} is being created in Responsys for our integration with CX Audience. Its "
            f"welcome mail comes to {email}. Please do this as soon as it is there:"
        ),
        "",
        "1. Open the mail and follow its instructions; its page for the password may name things differently.",
        f"2. User name: {login or OPEN}",
        "3. Temporary password: the one in the mail.",
        f"4. New password: {_OTHER_WAY}.",
        "5. Press Change password, and tell me that it is done.",
        "",
        (
            "The user cannot open Responsys itself. If the page says ui.authentication.login.browserLoginNotAllowed, "
            f"tell me: an Account Administrator then resets the password ({USER_MANAGEMENT}), and the mail that "
            "follows lets you set it without logging in. Please try at most twice: five wrong passwords lock the "
            "user, by default for 60 minutes."
        ),
    ]
    subject = "The welcome mail from Responsys, and what to do with it"
    return _text(
        "Mail: the welcome mail", email, subject, lines, name="welcome-mail", steps=("first-password", "add-user")
    )


def _key_mail(_: Guide, known: Known) -> Text | None:
    email = known.text("ssh2-key.email")
    if not email:
        return None
    lines = [
        "Hello,",
        "",
        f"CX Audience sends its public SSH2 key to {email}; the subject is something like “{MAIL_SUBJECT}”.",
        "",
        (
            "Please save the attachment as it comes, without opening it, and send me that file. Do not copy the text "
            "out of the mail: its lines would break, and Responsys refuses the key then."
        ),
        "",
        "It is a public key, so it may travel by mail.",
    ]
    subject = "The SSH2 key of CX Audience: please save its attachment"
    return _text("Mail: the SSH2 key", email, subject, lines, name="ssh2-mail", steps=("ssh2-key",))


def _slots(_: Guide, known: Known) -> Text | None:
    """Return the mail that tells colleagues when the jobs run; None while a schedule cannot be read."""
    lines = ["Hello,", "", "from now on profiles of Responsys are brought to CX Audience by two jobs:", ""]
    for step_id, job, what in (
        ("export-schedule", "select-object.job_name", "Export from Responsys"),
        ("import-schedule", "source-connectivity.job_name", "Import into CX Audience"),
    ):
        try:
            schedule = read_schedule(known, step_id)
        except ValueError:
            return None
        slot = schedule.slot_on(schedule.first)
        lines.append(f"{what}, {_or(known, job)}:")
        often = "once" if schedule.frequency.value == "once" else _every(schedule.every_days)
        lines.append(
            f"  {often}, first {local_slot(schedule, slot)}, that is {slot.start:%H:%M} to {slot.end:%H:%M} UTC"
        )
    lines += [
        "",
        "Each starts at some minute of its quarter hour. Please plan nothing that needs the lists to stand still then.",
    ]
    subject = "When the jobs between Responsys and CX Audience run"
    steps = ("import-schedule", "export-schedule", "go-live")
    return _text("Mail: when the jobs run", "Colleagues", subject, lines, name="job-times", steps=steps)


def _every(days: int) -> str:
    return "every day" if days == 1 else f"every {days} days"


def _own_key(_: Guide, known: Known) -> Text | None:
    """Return the request to register the public half of an own SSH key; the private half is nobody else's business."""
    account = known.text("account.account_name")
    if not account:
        return None
    lines = [
        "Hello,",
        "",
        (
            f"please add the attached SSH public key to our Responsys account {account}, so that I can look at the "
            "files that the export to CX Audience writes:"
        ),
        "",
        f"Where: {' > '.join(SSH2_KEYS_MANAGEMENT)}",
        f"SCP user: {known.text('destination-connectivity.user_name') or f'{account}_scp, or as the page offers it'}",
        "File: the .pub file that is attached; the private key stays with me",
        "",
        "Oracle then adds the key, which takes up to 10 business days. Please tell me when the page shows Completed.",
    ]
    steps = ("account", "destination-connectivity")
    subject = "Responsys: please register my SSH public key"
    to = "An Account Administrator of Responsys"
    return _text("Mail: register my SSH public key", to, subject, lines, name="own-ssh-key", steps=steps)


def _asked_for(integration: Integration) -> Iterator[Text]:
    """Yield a request for each thing that the guide asks a colleague for."""
    for step in integration.guide.steps:
        for visit in integration.visits(step.id):
            if visit.site is not Site.COLLEAGUE:
                continue
            wanted = visit.path[-1]
            lines = ["Hello,", "", f"To connect Responsys with CX Audience, I need: {wanted}.", ""]
            for label, target in visit.brings.items():
                how = " (please do not send it by email)" if target.startswith(SECRET_PREFIX) else ""
                lines.append(f"- {label}{how}")
            lines += ["", visit.note, *_where(integration.journal_state().known())]
            name = f"ask-{wanted.lower().replace(' ', '-')}"
            yield _text(f"Mail: {wanted}", "A colleague", f"Please: {wanted}", lines, name=name, steps=(step.id,))


def _where(known: Known) -> list[str]:
    server, user = known.text("destination-connectivity.server"), known.text("destination-connectivity.user_name")
    lines = [f"Responsys account: {_or(known, 'account.account_name')}"]
    return ["", *lines, *([f"File server: {server}, user {user}"] if server else [])]


# The colleague with the other login

_Part = tuple[Step, tuple[Visit, ...]]


def _colleague(integration: Integration, site: Site) -> Text | None:
    """Return everything that is still to be done in one product; None where nothing is.

    What is done already is left out: somebody would do it again, such as resetting a password. So is what comes after a
    value that is not known yet.
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
    """Say whether all that a visit says is known; a text with gaps would have to be sent twice."""
    gaps = any(typed in ("", [], {}) for label, typed in visit.entries.items() if label != "Description")
    return not gaps and UNNAMED_JOB not in visit.path and not any(label.startswith(": ") for label in visit.brings)


def _for_colleague(integration: Integration, site: Site, parts: list[_Part], name: str) -> Text:
    product, number = _PRODUCTS[site], integration.guide.number
    lines = [
        "Hello,",
        "",
        (
            f"we connect Responsys with CX Audience, and this part has to be done in {product}, with your login. The "
            "names are those on its screens; please enter the values exactly."
        ),
    ]
    for step, visits in parts:
        lines += ["", f"{number(step.id)}. {step.title}"]
        for visit in visits:
            lines += ["", *_visit_lines(visit)]
        lines += [f"   Careful: {note.text}" for note in step.notes if note.warning]
    lines += ["", "Tell me when it is done, and anything a screen says that does not fit."]
    whole = len(parts) > 1
    title = f"For the colleague in {product}: {'all that is to do there' if whole else parts[0][0].title}"
    subject = f"{product}: what is to do for the integration" if whole else f"{product}: {parts[0][0].title}"
    return _text(title, f"Whoever has the login to {product}", subject, lines, name=name)


def _visit_lines(visit: Visit) -> Iterator[str]:
    yield f"   {' > '.join(visit.clicks)}{f' (signed in as {visit.sign_in})' if visit.sign_in else ''}"
    for label, typed in visit.entries.items():
        value = _value(typed)
        yield f"   - {label}: {value}"
    if visit.press:
        yield f"   Then press: {', then '.join(visit.press)}"
    for label, target in visit.brings.items():
        how = " (please not by mail, but by a way that you trust)" if target.startswith(SECRET_PREFIX) else ""
        yield f"   Please send me: {label}{how}"
    yield from (f"   {text}" for text in (visit.note, caveat(visit)) if text)


def _value(typed: Typed) -> str:
    match typed:
        case SecretRef():
            return f"({_OTHER_WAY})"
        case Carried(label):
            return f"(“{label}”, from above)"
        case FileRef(path):
            return f"(the file that comes with this: {path})" if path else "(the file that comes with this)"
        case bool():
            return "ticked" if typed else "not ticked"
        case list():
            return ", ".join(typed) or OPEN
        case dict():
            return "; ".join(f"{left} to {right}" for left, right in typed.items()) or OPEN
        case _:
            return str(typed) or OPEN


def _or(known: Known, key: str) -> str:
    return known.text(key) or OPEN

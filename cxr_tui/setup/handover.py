"""The handover report: every step with its values, its state and the evidence for it. Never a secret."""

from __future__ import annotations

from typing import Any

from cxr_tui.guide.step import Kind
from cxr_tui.model.foreign import visible
from cxr_tui.setup.form import FieldView
from cxr_tui.setup.session import Setup

PERSONAL = frozenset({"known_members"})
"""Fields that hold customers' own data: counted, not shown."""


def handover(setup: Setup) -> dict[str, Any]:
    """Return the report as a JSON-able document."""
    standing = setup.states()
    return {
        "integration": setup.name,
        "sandbox": setup.sandboxed,
        "at": setup.server_time().isoformat(timespec="seconds"),
        "credential_store": setup.world.credentials.store,
        "steps": [
            {
                "number": setup.guide.number(step.id),
                "id": step.id,
                "title": step.title,
                "state": standing[step.id].state.value,
                "reason": standing[step.id].reason,
                "values": {view.field.label: _shown(view) for view in setup.form(step.id) if _tellable(view)},
                "evidence": [
                    {"code": one.code, "status": one.status.value, "seen": one.seen}
                    for one in getattr(standing[step.id].outcome, "findings", ())
                ],
            }
            for step in setup.guide.steps
        ],
    }


def handover_markdown(document: dict[str, Any]) -> str:
    """Return the report as Markdown."""
    where = "Sandbox" if document["sandbox"] else "Real products"
    lines = [
        f"# Integration {document['integration']}: Oracle Responsys with Oracle CX Audience",
        "",
        f"{where}; as of {document['at']}; secrets lie in: {document['credential_store']}.",
    ]
    for step in document["steps"]:
        lines += ["", f"## {step['number']}. {step['title']}: {step['state']}", "", step["reason"]]
        if step["values"]:
            lines += ["", "| field | value |", "|---|---|"]
            lines += [f"| {_cell(label)} | {_cell(value)} |" for label, value in step["values"].items()]
        if step["evidence"]:
            lines += ["", *(f"- {one['status']} `{one['code']}`: {_cell(one['seen'])}" for one in step["evidence"])]
    return "\n".join(lines)


def _tellable(view: FieldView) -> bool:
    return view.source in ("answered", "carried") or view.stored


def _shown(view: FieldView) -> str:
    if view.field.kind is Kind.SECRET:
        return "in the credential store"
    if view.field.name in PERSONAL and isinstance(view.value, list):
        return f"{len(view.value)} values, not shown"
    match view.value:
        case bool():
            return "yes" if view.value else "no"
        case list():
            return ", ".join(view.value)
        case dict():
            return ", ".join(f"{left} → {right}" for left, right in view.value.items())
        case _:
            return str(view.value)


def _cell(text: str) -> str:
    """Make text safe inside a Markdown table."""
    return visible(text, 2000).replace("|", "\\|").replace("<", "&lt;").replace("`", "'")

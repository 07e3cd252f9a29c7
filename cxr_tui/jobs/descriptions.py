"""Evidence in words: what was seen, or why it was not. Pure."""

from __future__ import annotations

from collections.abc import Callable

from cxr_tui.domain.finding import Finding, Status
from cxr_tui.domain.responsys_data import RemoteFile
from cxr_tui.domain.text import counted, visible
from cxr_tui.guide.forms.schedule import local_time
from cxr_tui.jobs.evidence import (
    ConnectSeen,
    Evidence,
    EvidenceLine,
    FilesSeen,
    KeySeen,
    MembersSeen,
    PublishedSeen,
    ScreenSeen,
    Seen,
    Unavailable,
)


def describe_evidence(evidence: Evidence, zone: str) -> tuple[EvidenceLine, ...]:
    """Return every piece of evidence in words; times are in the account's time zone."""
    return (
        _piece("Connect runs", evidence.connect, _connect, zone),
        _piece("exported file", evidence.files, _files, zone),
        _piece("known members", evidence.members, _members, zone),
        _piece("screens of the import", evidence.screen, _screen, zone),
        _piece("SSH2 key", evidence.key, _key, zone),
        _piece("published audience", evidence.published, _published, zone),
    )


def publishing(seen: PublishedSeen | Unavailable) -> tuple[Finding, ...]:
    """Return the problems of the published audience."""
    if isinstance(seen, Unavailable) or seen.there:
        return ()
    return (
        Finding(
            "audience-not-visible",
            Status.WARN,
            f"Responsys no longer lists the audience {visible(seen.name, 100)} among its filters.",
            "Audiences published by CX Audience may not arrive in Responsys.",
            "Publish it again in CX Audience. If it does not appear, ask Oracle Support whether Audience Designer is "
            "still enabled.",
        ),
    )


def _piece(name: str, seen: Seen | Unavailable, say: Callable[[Seen, str], str], zone: str) -> EvidenceLine:
    if isinstance(seen, Unavailable):
        return EvidenceLine(name, seen=False, said=seen.why)
    return EvidenceLine(name, seen=True, said=say(seen, zone))


def _connect(seen: ConnectSeen, zone: str) -> str:
    if seen.job is None:
        return "Responsys has no job with this name."
    newest = seen.newest
    if newest is None:
        return f"Job {seen.job.job_id}, no run in the requested days."
    began = f" began {local_time(zone, newest.started)}" if newest.started else ""
    count = f", {counted(newest.processed, 'record')}" if newest.processed is not None else ""
    return f"Job {seen.job.job_id}, latest run {newest.run_id}{began}: {newest.status or 'unknown'}{count}."


def _files(seen: FilesSeen, zone: str) -> str:
    parts = [_file(one, zone) for one in (seen.waiting, seen.archived) if one is not None]
    if not parts:
        return "There is no exported file in its folder or the archive."
    if seen.message is not None:
        to = ", ".join(visible(one, 40) for one in seen.message.recipients) or "an unnamed recipient"
        parts.append(f"encrypted to {to}" if seen.message.encrypted else visible(seen.message.what, 60))
    if seen.ready is not None:
        parts.append("ready file exists")
    return f"{'; '.join(parts)}."


def _file(file: RemoteFile, zone: str) -> str:
    written = "unknown time" if file.modified is None else f"written {local_time(zone, file.modified)}"
    size = "unknown size" if file.size is None else counted(file.size, "byte")
    return f"{visible(file.path, 100)}, {size}, {written}"


def _members(seen: MembersSeen, _: str) -> str:
    there = sum(theirs is not None for _, theirs in seen.pairs)
    return f"{len(seen.pairs)} found in Responsys, {there} of them in CX Audience."


def _screen(seen: ScreenSeen, zone: str) -> str:
    if not seen.exists:
        return "There is no job with this name."
    state = "Active" if seen.active else "Inactive"
    if seen.run is None:
        return f"{state}, no run yet."
    began = f" of {local_time(zone, seen.run.started)}" if seen.run.started else ""
    return f"{state}, latest run{began}: {seen.run.status or 'unknown'}, {seen.run.rejected or 0:,} rejected."


def _key(seen: KeySeen, zone: str) -> str:
    if not seen.processing:
        return "Oracle has added it."
    return f"Oracle is adding it{f' since {local_time(zone, seen.since)}' if seen.since else ''}."


def _published(seen: PublishedSeen, _: str) -> str:
    return f"{visible(seen.name, 100)} {'is' if seen.there else 'is not'} among the filters of Responsys."

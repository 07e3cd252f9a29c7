"""One pass over a file: fetch, decrypt and inflate, read, judge; each stage works while the next one does.

Nothing of the text is written anywhere, and memory is bounded whatever comes: some slabs of lines, what a slab becomes
in the engine, and the hashes of the match column's values.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cxr_tui.domain.finding import Report
from cxr_tui.domain.text import utf_16_of
from cxr_tui.gateways.openpgp.inspect import read_message
from cxr_tui.guide.checks.export.encryption import judge_format
from cxr_tui.preflight.ahead import Ahead
from cxr_tui.preflight.import_options import UTF_16, Plan
from cxr_tui.preflight.reading.decode import LineTooLongError, slabs
from cxr_tui.preflight.reading.decrypt import (
    DamagedMessageError,
    Decryption,
    NestedMessageError,
    NotForThisKeyError,
    OpenedKey,
)
from cxr_tui.preflight.reading.local import Source
from cxr_tui.preflight.reading.stream import HEAD, BombError, InflateError, Kind, inflated, kind_of, limited, peeked
from cxr_tui.preflight.result import Answer, MatchCount
from cxr_tui.preflight.validation import file_findings

if TYPE_CHECKING:
    from cxr_tui.preflight.validation.summary import Sums

_SLAB = 8 * 1024 * 1024
_SLAB_ENCLOSED = 2 * 1024 * 1024
"""Smaller, because a slab with one ill-formed line is read line by line."""
_TELL_SECONDS = 0.2


class CancelledError(Exception):
    """The person has had enough."""


@dataclass(frozen=True)
class Progress:
    """How far the reading is."""

    done: int
    """Bytes of the file, as it lies at its source."""
    size: int
    rows: int
    seconds: float

    @property
    def rate(self) -> float:
        """Bytes a second since the beginning."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def remaining(self) -> float | None:
        """Seconds that are left at this rate; None while nothing is known."""
        return max(0.0, self.size - self.done) / self.rate if self.rate else None


@dataclass
class _Run:
    """What one pass works with."""

    source: Source
    plan: Plan
    tell: Callable[[Progress], None]
    cancelled: threading.Event
    report: Report = field(default_factory=Report)
    started: float = field(default_factory=time.monotonic)
    recipients: tuple[str, ...] = ()
    text_bytes: int = 0
    rows: int = 0
    told: float = 0.0
    stops: list[Callable[[], None]] = field(default_factory=list)
    """End what works or waits, so that nobody waits for it any more."""
    releases: list[Callable[[], None]] = field(default_factory=list)
    """Let go of what was held, after everything has ended."""

    def pulse(self) -> None:
        """Tell how far it is, now and then; CancelledError."""
        if self.cancelled.is_set():
            raise CancelledError
        now = time.monotonic()
        if now - self.told >= _TELL_SECONDS:
            self.told = now
            self.tell(Progress(self.source.position(), self.source.size, self.rows, now - self.started))

    def close(self) -> None:
        with ExitStack() as stack:  # each is called, also where one before it fails
            for one in reversed((*self.stops, *self.releases)):
                stack.callback(one)


def judge_file(
    source: Source,
    plan: Plan,
    key: OpenedKey | None,
    tell: Callable[[Progress], None],
    cancelled: threading.Event,
    import_key_ids: tuple[str, ...] = (),
) -> Answer:
    """Read a file once and say what its import would say; blocking. Closes the source.

    `import_key_ids` are the ids of the key that CX Audience decrypts with, where they are known: a message to anybody
    else fails there. `tell` is called in this thread, some times a second. Raises CancelledError, PlanError, and what
    the way to the source raises.
    """
    run = _Run(source, plan, tell, cancelled)
    run.stops.append(source.close)
    try:
        text = _text(run, key, import_key_ids)
        return _answer(run, None, complete=False) if text is None else _judge(run, text)
    finally:
        run.close()


def _text(run: _Run, key: OpenedKey | None, import_key_ids: tuple[str, ...]) -> Iterator[bytes] | None:
    """Return what the file holds as a stream; None, and a finding, where it cannot be had here."""
    head, blocks = peeked(run.source.blocks())
    if kind_of(head) is not Kind.OPENPGP:
        return blocks
    own = key.key_ids if key is not None else None
    message = read_message(head[:HEAD])
    run.recipients = message.recipients
    if not message.begun and run.source.size > HEAD:
        file_findings.report_many_recipients(run.report, HEAD)
        return None
    if not file_findings.judge_recipients(run.report, message, own, import_key_ids) or key is None:
        return None
    judge_format(run.report, message, run.source.name)
    file = run.source.file
    if file is not None:
        file.seek(0)
    decryption = Decryption(key, file if file is not None else blocks, protected=message.integrity)
    run.stops.append(decryption.kill)
    run.releases.append(decryption.close)
    return limited(decryption.blocks(), run.source.size)


def _judge(run: _Run, blocks: Iterator[bytes]) -> Answer:
    ahead = Ahead(_slabs(run, blocks), run.pulse)
    run.stops.insert(0, ahead.stop)
    run.releases.insert(0, ahead.join)
    # the engine takes a moment to load, and gpg is at work meanwhile
    from cxr_tui.preflight.validation.summary import HeaderTooWideError, Verdict

    verdict = Verdict(run.plan, run.report)
    run.releases.append(verdict.close)
    complete = False
    try:
        for run.rows in verdict.read(ahead):
            run.pulse()
        complete = True
    except HeaderTooWideError as error:
        file_findings.report_wide_header(run.report, error.columns)
    except LineTooLongError:
        file_findings.report_long_line(run.report, verdict.line)
    except BombError as error:
        file_findings.report_bomb(run.report, str(error))
    except (DamagedMessageError, InflateError) as error:
        file_findings.report_damaged(run.report, str(error))
    except NestedMessageError:
        file_findings.report_nested(run.report)
    except NotForThisKeyError as error:
        file_findings.report_wrong_key(run.report, error)
    if complete and not verdict.header_found:
        file_findings.report_empty(run.report)
    sums = verdict.sum_up() if verdict.header_found else None
    return _answer(run, sums, complete=complete)


def _slabs(run: _Run, blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the text in slabs, after a look at what it is; works ahead, in a thread of its own."""
    head, blocks = peeked(blocks)
    kind = kind_of(head)
    if kind is not Kind.TEXT:
        file_findings.report_packed(run.report, kind)
    if kind in (Kind.GZIP, Kind.ZIP):
        head, blocks = peeked(limited(inflated(blocks, kind), run.source.size))
    charset = run.plan.form.charset
    recognised = utf_16_of(head)
    if recognised and charset != UTF_16:
        file_findings.report_utf_16(run.report, charset)
    yield from slabs(_counted(run, blocks), recognised or charset, _SLAB_ENCLOSED if run.plan.form.enclosure else _SLAB)


def _counted(run: _Run, blocks: Iterator[bytes]) -> Iterator[bytes]:
    for block in blocks:
        run.text_bytes += len(block)
        yield block


def _answer(run: _Run, sums: Sums | None, *, complete: bool) -> Answer:
    taken = 0 if sums is None or sums.fails else sums.rows - sums.rejected
    rows = sums.rows if sums is not None else 0
    return Answer(
        rows=rows,
        accepted=taken,
        rejected=rows - taken,
        reasons=sums.reasons if sums is not None else (),
        match=sums.match if sums is not None else MatchCount(run.plan.target.match_column),
        columns=sums.columns if sums is not None else (),
        bytes=run.text_bytes,
        seconds=time.monotonic() - run.started,
        findings=run.report.verified().findings,
        fails=sums.fails if sums is not None else run.report.failed,
        complete=complete,
        recipients=run.recipients,
    )

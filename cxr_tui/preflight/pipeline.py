"""One pass over a file: fetch, decrypt and inflate, read, judge; each stage works while the next one does.

Nothing of the text is written anywhere, and memory is bounded whatever comes: some slabs of lines, the hashes of the
match column's values, and what a slab becomes in the engine.
"""

from __future__ import annotations

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cxr_tui.gateways.message import read_message
from cxr_tui.model.finding import Report, Status
from cxr_tui.model.schema import MessageInfo
from cxr_tui.preflight.answer import Answer, MatchCount
from cxr_tui.preflight.decryption import DamagedMessageError, Decryption, NotForThisKeyError, OpenedKey
from cxr_tui.preflight.duplicates import Duplicates, Keys
from cxr_tui.preflight.enclosed import EnclosedReader
from cxr_tui.preflight.judge import Judge
from cxr_tui.preflight.mapped import lay_out
from cxr_tui.preflight.plan import UTF_16, Plan
from cxr_tui.preflight.records import Records, first_record, read_plain
from cxr_tui.preflight.rules import MOST_COLUMNS
from cxr_tui.preflight.source import Source
from cxr_tui.preflight.stream import BombError, InflateError, Kind, inflated, kind_of, limited, peeked
from cxr_tui.preflight.tally import Tally
from cxr_tui.preflight.text import LineTooLongError, Slab, recognised_utf_16, slabs
from cxr_tui.preflight.unreadable import (
    report_bomb,
    report_compressed,
    report_damaged,
    report_long_line,
    report_recipients,
    report_utf_16,
    report_wide_header,
    report_wrong_key,
)

_SLAB = 8 * 1024 * 1024
_SLAB_ENCLOSED = 2 * 1024 * 1024
"""Smaller, because a slab with one ill-formed line is read line by line."""
_TELL_SECONDS = 0.2


class CancelledError(Exception):
    """The person has had enough."""


class HeaderTooWideError(Exception):
    """A header with more columns than any list has."""

    def __init__(self, columns: int) -> None:
        super().__init__(f"{columns} columns")
        self.columns = columns


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
        return (self.size - self.done) / self.rate if self.done > 0 and self.rate else None


@dataclass
class _Run:
    """What one pass works with."""

    source: Source
    plan: Plan
    tell: Callable[[Progress], None]
    cancelled: threading.Event
    report: Report = field(default_factory=Report)
    started: float = field(default_factory=time.monotonic)
    text_bytes: int = 0
    told: float = 0.0
    closing: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def counted(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        for block in blocks:
            self.text_bytes += len(block)
            yield block

    def step(self, rows: int) -> None:
        if self.cancelled.is_set():
            raise CancelledError
        now = time.monotonic()
        if now - self.told >= _TELL_SECONDS:
            self.told = now
            self.tell(Progress(self.source.position(), self.source.size, rows, now - self.started))


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
    else fails there. Raises CancelledError, PlanError, and what the way to the source raises.
    """
    run = _Run(source, plan, tell, cancelled)
    with run.closing:
        run.closing.callback(source.close)
        text = _text(run, key, import_key_ids)
        return _unread(run) if text is None else _judge(run, text)


def _text(run: _Run, key: OpenedKey | None, import_key_ids: tuple[str, ...]) -> Iterator[bytes] | None:
    """Return the file's text as a stream; None, and a finding, where it cannot be had here."""
    file = run.source.file
    head, blocks = peeked(run.source.blocks())
    kind = kind_of(head)
    if kind in (Kind.OPENPGP, Kind.OPEN_MESSAGE):
        message = read_message(head)
        if not _readable(run.report, message, key, import_key_ids):
            return None
        assert key is not None  # noqa: S101 - otherwise it is not readable
        if file is not None:
            file.seek(0)
        decryption = Decryption(key, file if file is not None else blocks)
        run.closing.callback(decryption.close)
        head, blocks = peeked(limited(decryption.blocks(), run.source.size))
        kind = kind_of(head)
    if kind in (Kind.GZIP, Kind.ZIP):
        report_compressed(run.report, kind)
        blocks = limited(inflated(blocks, kind), run.source.size)
    return blocks


def _readable(report: Report, message: MessageInfo, key: OpenedKey | None, import_key_ids: tuple[str, ...]) -> bool:
    report_recipients(report, message, key.key_ids if key else (), import_key_ids)
    return key is not None


def _judge(run: _Run, blocks: Iterator[bytes]) -> Answer:
    keys = Keys()
    run.closing.callback(keys.close)
    tally: Tally | None = None
    fails = complete = False
    try:
        head, blocks = peeked(blocks)
        charset = run.plan.form.charset
        recognised = recognised_utf_16(head)
        if recognised and charset != UTF_16:
            report_utf_16(run.report, charset)
        ahead = _Ahead(slabs(run.counted(blocks), recognised or charset, _slab_size(run.plan)))
        run.closing.callback(ahead.close)
        layout, records = _records(run, ahead)
        if records is None:
            fails = complete = True
        else:
            tally = Tally(layout, run.plan)
            judge = Judge(layout, run.plan.form)
            fails = layout.fails
            for part in records:
                judged = judge.judge(part)
                keys.add(judged.keys)
                tally.add(judged, part.text)
                run.step(tally.rows)
            complete = True
    except HeaderTooWideError as error:
        report_wide_header(run.report, error.columns)
    except LineTooLongError as error:
        report_long_line(run.report, error.line)
    except BombError as error:
        report_bomb(run.report, str(error))
    except (DamagedMessageError, InflateError) as error:
        report_damaged(run.report, str(error))
    except NotForThisKeyError as error:
        report_wrong_key(run.report, error)
    return _answer(run, tally, keys.find() if tally is not None else None, fails=fails, complete=complete)


def _slab_size(plan: Plan) -> int:
    return _SLAB_ENCLOSED if plan.form.enclosure else _SLAB


def _records(run: _Run, ahead: Iterator[Slab]):  # type: ignore[no-untyped-def]
    raise NotImplementedError

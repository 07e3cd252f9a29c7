"""Holds the pipeline against the reference reader on large files with every defect, in every form.

`python tests bench.verify_preflight [--rows 1000000] [--charset NAME]... [--delimiter SIGN]... [--processes 2]` makes a
file for each character set, delimiter and enclosure, has both judge it, and compares every count and every line. All 32
forms of a million records take a while; with `--charset utf-8` it is a quarter of that.
"""

from __future__ import annotations

import argparse
import itertools
import multiprocessing
import random
import sys
import time
from collections.abc import Iterator

from support.preflight_files import HEADER, Case, differences, records
from support.reference_reader import write

CHARSETS = ("utf-8", "iso8859-1", "cp1252", "utf-16")
DELIMITERS = (",", ";", "\t", "|")
ENCLOSURES = ("", '"')
ENDS = ("\n", "\r\n", "\r")
_DIFFERENT = 20_000
"""Records that are made one by one; a file is drawn from them, most of them under a customer id of their own."""
_ODDNESS = 0.03
_SPOILED = 40
"""Bytes in a file that do not belong there."""
_STRANGE = b'\xff\x81\xc3\x00\r\n"\xef\xbb\x20,\xd8\xdc\xed\xa0'

Form = tuple[str, str, str]


def drawn(chance: random.Random, rows: int, delimiter: str, enclosure: str) -> Iterator[list[str]]:
    """Yield that many records, some blank, some with fields too many or too few, some with shared values."""
    safe = "\0" if enclosure else delimiter
    pool = list(records(chance, min(rows, _DIFFERENT), _ODDNESS, safe))
    for number in range(rows):
        values = chance.choice(pool)
        if len(values) == len(HEADER) and values[1].startswith("C") and chance.random() < 0.9:
            values = [str(number), f"C{number}", *values[2:]]
        if not enclosure and chance.random() < 0.001:
            values = [*values[:6], f"Elm St{delimiter} Apt 4", *values[7:]]
        yield values


def made(form: Form, rows: int) -> Case:
    """Make a file; the same one every time."""
    charset, delimiter, enclosure = form
    chance = random.Random(repr((form, rows)))  # noqa: S311 - the same every time
    wanted: Iterator[list[str]] = itertools.chain([HEADER], drawn(chance, rows, delimiter, enclosure))
    if charset in ("iso8859-1", "cp1252"):
        wanted = ([value.encode(charset, "replace").decode(charset) for value in row] for row in wanted)
    content = bytearray(
        write(list(wanted), delimiter=delimiter, enclosure=enclosure, end=chance.choice(ENDS), charset=charset)
    )
    header = len(write([HEADER], delimiter=delimiter, enclosure=enclosure, end="\r\n", charset=charset)) + 3
    for _ in range(_SPOILED if len(content) > header else 0):
        content[chance.randrange(header, len(content))] = chance.choice(_STRANGE)
    return Case(bytes(content), charset, delimiter, enclosure)


def compared(task: tuple[Form, int]) -> tuple[str, list[str]]:
    """Have both judge a file; return a line about it, and what differs."""
    form, rows = task
    case = made(form, rows)
    started = time.process_time()
    answer = case.answer()
    ours = time.process_time() - started
    told = case.told()
    theirs = time.process_time() - started - ours
    found = differences(answer, told)
    charset, delimiter, enclosure = form
    word = "differs" if found else "agrees"
    said = (
        f"{charset:<10} {delimiter!r:<5} {enclosure or 'None':<5} {answer.rows:>10,} records, "
        f"{told.rows - told.accepted:>8,} rejected, {len(told.lines)} reasons: {word}   "
        f"({ours:.1f} s of processor time, the reference {theirs:.1f} s)"
    )
    return said, found


def main() -> int:
    """Compare and print; 1 where anything differs."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--charset", action="append", choices=CHARSETS)
    options.add_argument("--delimiter", action="append", choices=DELIMITERS)
    options.add_argument("--processes", type=int, default=2)
    args = options.parse_args()
    forms = list(itertools.product(args.charset or CHARSETS, args.delimiter or DELIMITERS, ENCLOSURES))
    wrong = 0
    with multiprocessing.get_context("spawn").Pool(args.processes, maxtasksperchild=1) as pool:
        for said, found in pool.imap(compared, [(form, args.rows) for form in forms]):
            sys.stdout.write("\n".join([said, *(f"    {one[:300]}" for one in found)]) + "\n")
            sys.stdout.flush()
            wrong += bool(found)
    sys.stdout.write(
        f"{len(forms)} forms of {args.rows:,} records: "
        f"{'all agree on every count and every line' if not wrong else f'{wrong} differ'}\n"
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

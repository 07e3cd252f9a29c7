"""The data engine, loaded only where a file is judged.

Polars and DuckDB were measured on 1,000,000 rows of 11 columns (195 MB, one thread of two shared cores): Polars needs
0.33 s to read all fields and 0.7 s of processor time for all judgements, line numbers and keys included; DuckDB needs
0.7 s for the patterns and counts alone. What decided: Polars reads from memory, so what is a line, a blank record or a
byte without meaning is settled by the reading rules before it, while DuckDB reads files and pipes by its own rules and
does not tell on which line a record that it accepted stands.
"""

from __future__ import annotations

import os

# One core is left to gpg and to the reading; the engine fixes its number of threads when it is first loaded.
os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, (os.cpu_count() or 2) - 1)))

import polars as pl

__all__ = ["pl"]

"""The data engine (Polars), loaded only to read a file."""

from __future__ import annotations

import os

# One core is left to gpg and the reading. The engine fixes its number of threads when it is first loaded.
os.environ.setdefault("POLARS_MAX_THREADS", str(max(1, (os.cpu_count() or 2) - 1)))

import polars as pl

__all__ = ["pl"]

"""Inputs for fuzzing: in their form, or sound ones with a few changes."""

from __future__ import annotations

from hypothesis import strategies as st

from fuzz.fuzz_target import FuzzTarget

_INTERESTING = (b"", b"\0", b"\xff", b"\xff\xff\xff\xff", b"\x80\0\0\0", b"\x7f", b"\n", b'"', b"\\", b"-", b"9" * 50)


def _changed(seed: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    """Put some bytes in the place of others; a place is a share of the whole."""
    for place, taken, given in changes:
        at = int(place * len(seed))
        seed = seed[:at] + given + seed[at + taken :]
    return seed


_CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 9), st.sampled_from(_INTERESTING) | st.binary(max_size=6)), max_size=6
)


def inputs_of(target: FuzzTarget) -> st.SearchStrategy[bytes]:
    """Return the inputs for one parser: shaped, changed sound ones, one behind the other, and anything."""
    seeds = st.sampled_from(target.seeds())
    changed = st.builds(_changed, seeds, _CHANGES)
    return (
        target.shaped | changed | st.builds(lambda one, other: one + other, changed, changed) | st.binary(max_size=300)
    )

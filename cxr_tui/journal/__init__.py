"""The journal of one integration: the append-only store, its state, and the gate."""

"""What has happened to one integration: the append-only store, its folded state, and the gate."""

"""The dry run: the accesses of a command, from a recorded table; nothing is touched."""

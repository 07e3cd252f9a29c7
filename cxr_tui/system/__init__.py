"""The machine, for every layer: threads, locks, gpg, the package manager."""

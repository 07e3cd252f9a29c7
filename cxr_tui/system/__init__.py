"""The computer, for every layer: threads, gpg, the terminal, the package manager."""

"""OpenPGP keys and messages, read with gpg."""

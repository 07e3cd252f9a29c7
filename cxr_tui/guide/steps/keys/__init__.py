"""The OpenPGP key pair (Parts 1 and 2)."""

"""Rotation of passwords: a state machine over journal and keyring that a kill at any moment leaves able to go on."""

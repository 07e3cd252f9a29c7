"""Failures of the network, the hosts, the file server and the keyring, on from the start of a sandbox.

Scenarios simulate mistakes of people and states of the products. Any fault can be on together with any scenario; the
product sees only its effect.
"""

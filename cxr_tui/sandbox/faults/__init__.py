"""Failures of the network, the hosts, the file server and the keyring, from the start or switched on and off later.

Scenarios simulate mistakes of people and states of the products. Any fault can be on together with any scenario; the
product sees only its effect.
"""

"""Types and pure rules that every layer shares: values, findings, visits, schedules, errors, and the ports.

The lowest layer: it imports no other, does no I/O and knows no library of theirs, so that `guide`, `journal` and
`gateways` share types without importing one another.
"""

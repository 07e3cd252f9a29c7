"""The words every room speaks: values, findings, visits, schedules, errors, and the ports of the outside systems.

The lowest room of the house. It imports nothing from the others, does no I/O and knows no library of theirs, so that
`guide`, `journal` and `gateways` can share types without knowing one another.
"""

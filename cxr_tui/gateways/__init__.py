"""The only rooms that talk to the world: Responsys, CX Audience, the file server, OpenPGP, the keyring.

Each implements a protocol of `cxr_tui.model.ports` and raises the types of `cxr_tui.model.errors`. Importing this
package loads none of the libraries behind them; each module loads its own.
"""

"""The only modules that talk to outside systems: Responsys, CX Audience, the file server, OpenPGP, the keyring.

Each implements protocols of `cxr_tui.domain.ports` and raises the types of `cxr_tui.domain.errors`. Importing this
package loads none of the libraries behind them; each module loads its own.
"""

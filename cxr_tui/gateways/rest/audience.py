"""CX Audience REST as one API user (facts C.1): lists and single members, nothing else is documented."""

from __future__ import annotations

from cxr_tui.gateways.rest.members import ListSession


class AudienceGateway(ListSession):
    """Implements `cxr_tui.domain.ports.Audience`; its login names no other host, so all calls stay there."""

    product = "CX Audience"

    def base_of(self, named: str | None) -> str:
        """Return the host of the login."""
        return self.login_url

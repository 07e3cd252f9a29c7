"""A user of the control API: credentials in a dictionary, the integration user created by instructions, REST calls."""

import httpx

from cxr_tui.domain.errors import NothingStoredError
from cxr_tui.domain.instruction import Carried, SecretRef, Site, Typed, Visit
from cxr_tui.domain.secret import Secret
from cxr_tui.sandbox.browser_automation import SandboxOperator

ADD_USER = ("Account", "User identity management", "Add user")
USER = "CXAudienceIntegrationAcme"
PASSWORD = "Autumn-Leaves-47x"
EMAIL = "jordan.rivera@acmeretail.example"


class Safe:
    """Credentials in a dictionary; `responsys_password=...` is the item `responsys-password`."""

    store = "this test's memory"

    def __init__(self, **items: str) -> None:
        self.items = {item.replace("_", "-"): Secret(text) for item, text in items.items()}

    async def put(self, item: str, secret: Secret) -> None:
        self.items[item] = secret

    async def get(self, item: str) -> Secret:
        if item not in self.items:
            raise NothingStoredError(item)
        return self.items[item]

    async def has(self, item: str) -> bool:
        return item in self.items

    async def drop(self, item: str) -> None:
        self.items.pop(item, None)


def new_user(name: str) -> list[Visit]:
    form: dict[str, Typed] = {
        "Login name": name,
        "Email address": EMAIL,
        "User display name": name,
        "User status": "Active",
        "User locale": "English",
        "Can create Programs / Campaigns without Org. Scope for targeting": False,
    }
    roles = ["List Web Services Manager", "Table Web Services Manager"]
    return [
        Visit(Site.RESPONSYS, ADD_USER, form),
        Visit(Site.RESPONSYS, (*ADD_USER, "Role Assignment"), {"Functional roles": roles}),
        Visit(Site.RESPONSYS, (*ADD_USER, "Organization Assignment"), {"Organization": "Root"}),
        Visit(Site.RESPONSYS, ADD_USER, {}, ("Create",)),
    ]


async def sign_up(operator: SandboxOperator, name: str) -> None:
    """Make the integration user the way the procedure has it: form, tabs, Create, mail, new password."""
    safe = Safe(responsys_password=PASSWORD)
    for visit in new_user(name):
        await operator.perform(visit, {}, safe)
    mail = Visit(Site.MAILBOX, ("Inbox", "Welcome to Oracle Responsys"), {"To": EMAIL})
    seen = (await operator.perform(mail, {}, safe)).secrets
    entries: dict[str, Typed] = {
        "User name": name,
        "Temporary password": Carried("Temporary password"),
        "New password": SecretRef("responsys-password"),
    }
    await operator.perform(Visit(Site.RESPONSYS, ("Change password",), entries, ("Change password",)), seen, safe)


async def log_in(host: str, name: str, password: str = PASSWORD) -> httpx.Response:
    form = {"user_name": name, "password": password, "auth_type": "password"}
    async with httpx.AsyncClient() as client:
        return await client.post(f"{host}/rest/api/v1.3/auth/token", data=form)


async def ask(endpoint: str, token: str, path: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(f"{endpoint}/rest/api/v1.3{path}", headers={"Authorization": token})

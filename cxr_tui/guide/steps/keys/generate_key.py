"""Step 10: generate a key pair in CX Audience and download its public key."""

from __future__ import annotations

from cxr_tui.domain.answers import Known
from cxr_tui.domain.finding import Fix, Outcome
from cxr_tui.domain.instruction import Site, Typed, Visit
from cxr_tui.guide.checks.openpgp_key import check_key, next_name, read_key_file
from cxr_tui.guide.definition import Check, Fact, Field, Kind, Note, Part, Personal, Product, Step
from cxr_tui.guide.forms.connect_job import create_job, proposed_job_name
from cxr_tui.guide.forms.validators import email_address, one_line
from cxr_tui.guide.screens import GENERATE_KEY

_ID = "generate-key"


def _visits(known: Known) -> tuple[Visit, ...]:
    name = known.text(f"{_ID}.key_name")
    chosen: dict[str, Typed] = {"Select key pair": name}
    download = Visit(
        Site.AUDIENCE,
        GENERATE_KEY,
        chosen,
        ("Download",),
        brings={"Downloaded key": "public_key_file"},
        note="Select the key pair, then click its download button: this downloads the public key. The private key "
        "stays in CX Audience.",
    )
    if name and known.text(f"{_ID}.made") == name:
        return (download,)
    return (
        create_job(
            Site.AUDIENCE,
            "Import Profile Data",
            proposed_job_name(f"Key pair {name}"),
            "Temporary job, used only to open the key dialog",
        ),
        Visit(
            Site.AUDIENCE,
            GENERATE_KEY,
            {"Name": name, "Email address": known.text(f"{_ID}.email")},
            ("Generate key pair",),
            note="This job only serves to open the dialog. Oracle does not say whether it has to be saved.",
        ),
        download,
    )


async def _check(c: Check) -> Outcome:
    report = c.report
    name = c.known.text(f"{_ID}.key_name")
    # A downloaded file means that the pair exists; afterwards it is downloaded again, or a pair of another name made.
    report.learn("made", name)
    key = await read_key_file(c, c.known.text(f"{_ID}.public_key_file"))
    if key is None:
        return report.verified()
    other = next_name(name)
    # The file entered here holds the old key.
    new = {f"{_ID}.key_name": other, f"{_ID}.public_key_file": ""}
    check_key(report, key, c.world.now(), Fix(f"Use a new key pair named {other}", new))
    report.learn("fingerprint", key.fingerprint)
    report.learn("encryption_key_ids", list(key.encryption_key_ids))
    report.learn("key_ids", list(key.key_ids))
    return report.confirmable()


STEP = Step(
    id=_ID,
    title="Generate key",
    part=Part.KEY_PAIR,
    product=Product.AUDIENCE,
    purpose="Generate the key pair that protects the exported file: Responsys encrypts with the public key, only CX "
    "Audience can decrypt.",
    check=_check,
    source="Integrating with Responsys, import your profile list, step 1 (documented)",
    fields=(
        Field(
            "key_name",
            "Name",
            help="The name of the key pair in the list. You select it again in the import job.",
            default=lambda known: f"responsys-{known.text('account.account_name')}",
            rule=one_line(60),
        ),
        Field(
            "email",
            "Email address",
            help="Becomes part of the key. Use the address of your point of contact.",
            default=lambda known: known.text("add-user.email"),
            rule=email_address,
            personal=Personal.ANSWERS,
        ),
        Field(
            "public_key_file",
            "Downloaded public key",
            Kind.FILE,
            help="Path of the file you downloaded. The wizard only reads it.",
            rule=one_line(1000),
            brought=True,
        ),
    ),
    notes=(Note("Download only the public key. If you are offered a private key, do not save it.", warning=True),),
    facts=(
        Fact("made", "Key pair generated"),
        Fact("fingerprint", "Key fingerprint", "the key file"),
        Fact("encryption_key_ids", "IDs of the encryption keys", "the key file"),
        Fact("key_ids", "IDs of all keys", "the key file"),
    ),
    visits=_visits,
    rests_on=("generate-key.made",),
    verified_by="imported-profiles",
)

"""The manual: examples of every command, what else is to be said of it, and pages on what concerns them all."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Mapping

from cxr_tui.cli.exit_codes import Exit

EXIT_CODES = """\
exit codes:
  0 in order; 1 something was found wrong; 2 usage; 3 an outside system cannot
  be reached; 4 the credential store cannot be used; 70 an error of the program;
  128 + n ended by signal n (130 interrupted, 143 terminated); 141 broken pipe
  (for example | head -1)
"""
WIDTH = 79
SEE_ALSO = "more: cxr-tui help, and cxr-tui help environment, files, exit-codes, answers,\nplain, keys, facts"

EXAMPLES: Mapping[str, tuple[tuple[str, str], ...]] = {
    "wizard": (
        ("cxr-tui --sandbox", "rehearse the whole set-up in the wizard, on this machine alone"),
        ("cxr-tui", "set up the integration called default, or go on where it was left"),
        ("cxr-tui --plain --sandbox", "the rehearsal as questions and answers, line by line"),
        ("cxr-tui rehearse --json", "all 26 steps without a screen, on a fresh sandbox"),
        ("cxr-tui -i acme apply acme.toml", "the same steps from an answers file, against the real products"),
        ("cxr-tui -i acme status", "do its jobs run?"),
        ("cxr-tui preflight CUSTOMERS.csv", "what would the import say of this file?"),
        ("cxr-tui -i acme rotate", "a new password, on both sides, step by step"),
    ),
    "rehearse": (
        ("cxr-tui rehearse", "all 26 steps"),
        ("cxr-tui rehearse --scenario missing-list-role", "with a mistake planted: see it found and put right"),
        ("cxr-tui rehearse --bare", "with what the procedure gives alone: no API users, no own key"),
        (
            "cxr-tui rehearse --screens --scenario header-off",
            "the sandbox's screens are read: each mistake shows at once",
        ),
        ("cxr-tui rehearse --until generate-key --json", "the first ten steps, as a document"),
    ),
    "apply": (
        ("cxr-tui -i acme apply acme.toml", "walk as far as the answers go"),
        ("cxr-tui -i acme apply acme.toml --until add-user", "no further than step 3"),
        ("cxr-tui -i acme apply acme.toml --review", "every value with where it came from; nothing is done"),
        ("cxr-tui -i acme apply acme.toml --dry-run", "every request, file and keyring item; nothing is touched"),
        ("cxr-tui -i acme apply acme.toml --secrets-stdin < secrets", "with lines such as responsys-password=..."),
    ),
    "check": (
        ("cxr-tui -i acme check", "everything that was checked before, once more"),
        ("cxr-tui -i acme check role-assignment go-live", "only these two steps"),
        ("cxr-tui -i acme check --json", "the same as a document, for monitoring"),
        ("cxr-tui -i acme check --dry-run", "what it would ask whom, without asking"),
    ),
    "status": (
        ("cxr-tui -i acme status", "both jobs, once"),
        ("cxr-tui status --all --json", "every integration, for monitoring"),
        ("cxr-tui -i acme status --watch 300", "again every five minutes, until Ctrl+C"),
    ),
    "rotate": (
        ("cxr-tui -i acme rotate", "begin: prepare a new one, and say what to do with it"),
        ("cxr-tui -i acme rotate --resume", "your part is done: verify it, and go on"),
        ("cxr-tui -i acme rotate --abort", "give up, or set the old one again"),
        ("cxr-tui rotate --due", "how old are the passwords of all integrations?"),
        ("cxr-tui --plain rotate", "the whole of it as a conversation"),
    ),
    "preflight": (
        ("cxr-tui preflight CUSTOMERS.csv --columns fields.json", "against a list whose columns are told in a file"),
        ("cxr-tui -i acme preflight", "the exported file, fetched from the file server"),
        (
            "cxr-tui -i acme preflight CUSTOMERS.csv.gpg --key test.asc",
            "an encrypted file, with a rehearsal's key",
        ),
    ),
    "explain": (
        ("cxr-tui explain PASSWORD_LOCKOUT", "a code, or the whole text in quotes"),
        ("cxr-tui explain < mail.txt", "a mail, a log, an answer as JSON; at most 65,536 characters"),
        ("cxr-tui explain --json < job.log", "as a document; exit code 1 where the message is not known"),
    ),
    "report": (
        ("cxr-tui -i acme report > acme.md", "for people"),
        ("cxr-tui -i acme report --format html --output acme.html", "one page, for a ticket"),
        ("cxr-tui -i acme report --format json", "for programs"),
        ("cxr-tui -i acme report --texts", "service requests and mails, ready to copy"),
    ),
    "erase": (
        ("cxr-tui -i acme erase --records", "the people named as samples, and what was seen of them"),
        ("cxr-tui -i acme erase --answers", "also email addresses, free text, and a secret typed into a wrong field"),
        ("cxr-tui -i acme erase --all --secrets", "the whole integration, with its passwords in the keyring"),
        ("cxr-tui -i acme erase --records --yes --json", "for scripts: no question, one document"),
    ),
    "doctor": (
        ("cxr-tui doctor", "this machine: gpg, credential store, terminal, time zones"),
        ("cxr-tui -i acme doctor --json", "also what this integration has to reach"),
    ),
    "sandbox": (
        ("cxr-tui sandbox --dir /tmp/twin", "keep one up; then, in another terminal:"),
        ("cxr-tui --at /tmp/twin", "the wizard with it"),
        ("cxr-tui --at /tmp/twin -i second check", "any command, any integration with it"),
    ),
    "config": (
        ("cxr-tui config", "every setting, and where its value comes from"),
        ("cxr-tui config validate", "every problem, each with its line"),
        ("cxr-tui config schema > config.schema.json", "for an editor that completes and checks TOML"),
    ),
    "completion": (
        ("cxr-tui completion bash > ~/.local/share/bash-completion/completions/cxr-tui", "for bash"),
        ("cxr-tui completion zsh > ~/.zfunc/_cxr-tui", "for zsh, with ~/.zfunc in fpath before compinit"),
        ("cxr-tui completion fish > ~/.config/fish/completions/cxr-tui.fish", "for fish"),
    ),
    "help": (
        ("cxr-tui help", "all commands and topics"),
        ("cxr-tui help rotate", "the same as cxr-tui rotate --help"),
        ("cxr-tui help environment", "every environment variable"),
        ("cxr-tui help facts B.3", "the facts about passwords and lock-out, with their sources"),
    ),
}


def examples(command: str) -> str:
    """Return the examples of a command, each under what it is good for."""
    return "\n".join(["examples:", *(f"  # {meaning}\n  {line}" for line, meaning in EXAMPLES[command]), ""])


def epilogue(command: str) -> str:
    """Return what stands under the options of a command."""
    return f"{examples(command)}\n{EXIT_CODES}\n{SEE_ALSO}"


MORE: Mapping[str, str] = {
    "rehearse": (
        "A sandbox is started, its operator does what a person does in a browser, and every "
        "step is checked as against the real products, where no program reads the screens. "
        "Nothing is left behind."
    ),
    "apply": (
        "The file has one table a step and fields by name; confirmed = true says that the browser part is done, "
        'overrule = "sentence" passes the step against findings. Secrets never stand in it. What is done already is '
        "left alone, so it can be run again and again. See cxr-tui help answers."
    ),
    "check": ("Checks read, and change nothing in either product. A refused login is not repeated."),
    "status": (
        "What the schedules let one expect is held against what can be seen: runs, files on the "
        "file server, people on both sides. What cannot be seen is called unknown."
    ),
    "rotate": (
        "The new password is put into the keyring beside the old one before anybody changes "
        "anything. Each call does what can be done, and says what a person does next. It can be "
        "killed at any moment; the next call goes on."
    ),
    "preflight": (
        "The file is read once, as a stream, and never written anywhere. With an integration, "
        "what is not told on the command line is taken from its steps."
    ),
    "explain": (
        "Recognises messages that are documented or observed, wrapped, quoted or cut: of both products, SSH, SFTP, "
        "OpenPGP, TLS, networks and credential stores. Names trap, cause, remedy and source, and says plainly where a "
        "text is not known. It contacts nothing and keeps nothing."
    ),
    "report": (
        "For a ticket, an audit, or the colleague who looks after it next. It also lists the words that the products "
        "used and no document mentions, such as a status or an error code, without values and without your names: "
        "send that list in, and the facts grow."
    ),
    "erase": (
        "Removes what was kept about people from the journal, its log and free pages, copies of it, handovers, "
        "reports on errors, answers of preflight and fetched parts of files. It says what it will remove, asks, and "
        "says afterwards what remains and where.\n\n"
        "  --records  the match columns of real people and job logs (steps 8 and 25),\n"
        "             what checks said of these people, and what preflight found\n"
        "  --answers  also every email address, display name, description and filter;\n"
        "             and every earlier value of any field that takes text. For a\n"
        "             secret typed into a wrong field: correct the field, then erase\n"
        "  --all      every record; only refused logins of the last hour stay\n"
        "             counted, because they keep the user from being locked\n\n"
        "Steps that rested on an erased answer ask for it, or are to be checked again; nothing in Oracle's products "
        "changes. The journal keeps a tombstone: what kind was erased, when, by which user of this machine, and of "
        "which fields, never a value. Another cxr-tui that is open on the integration forgets it too. An erase that "
        "was interrupted can be repeated."
    ),
    "doctor": ("Writes one throwaway secret to the credential store, reads it back and removes it."),
    "sandbox": ("Both products, a file server and a mailbox on loopback ports; gone with Ctrl+C."),
    "config": (
        "A value of the command line comes before one of the environment, that before the file, "
        "and that before the default. With a file that is not right, every other command stops."
    ),
    "completion": (
        "Completes commands and options, and also step ids, scenarios, integration names and "
        "secrets. The script asks this program, so it never has to be made anew."
    ),
}


def filled(text: str, width: int = WIDTH) -> str:
    """Return text with its prose broken at a width; paragraphs with indented lines stay as they are."""
    import textwrap

    paragraphs = text.split("\n\n")
    return "\n\n".join(
        part if re.search("^ ", part, re.MULTILINE) else textwrap.fill(part, width, break_on_hyphens=False)
        for part in paragraphs
    )


def manual(args: Namespace) -> Exit:
    """Print a page: of a command, of a topic, or of all of them."""
    from cxr_tui.cli.parser import parser
    from cxr_tui.cli.printing import say, tell

    topic: str = args.topic or ""
    if args.section is not None:
        return _section(args) if topic == "facts" else _no_section(topic)
    if not topic:
        say(parser().format_help())
        say("topics:")
        for name, (title, _) in TOPICS.items():
            say(f"  cxr-tui help {name:<13} {title}")
        return Exit.OK
    if topic in TOPICS:
        title, page = TOPICS[topic]
        say(f"{title}\n\n{filled(page())}")
        return Exit.OK
    if topic in EXAMPLES:
        parser().parse_args(["--help"] if topic == "wizard" else [topic, "--help"])  # prints, and ends the program
    from cxr_tui.config.loader import unknown_name

    tell(unknown_name(topic, (*TOPICS, *EXAMPLES), "page"))
    return Exit.USAGE


def _no_section(topic: str) -> Exit:
    from cxr_tui.cli.printing import tell
    from cxr_tui.domain.safe_text import visible

    tell(f"The page {visible(topic, 60)} has no sections; only facts has: cxr-tui help facts")
    return Exit.USAGE


def _section(args: Namespace) -> Exit:
    from cxr_tui.cli.printing import say, tell
    from cxr_tui.config.loader import unknown_name
    from cxr_tui.docs import facts

    id_: str = args.section.upper().rstrip(".")
    found = facts().below(id_)
    if not found:
        tell(unknown_name(args.section, tuple(facts().sections), "section of the facts"))
        return Exit.USAGE
    for number, one in enumerate(found):
        say(f"{chr(10) * (number > 0)}{one.id}  {one.title}")
        if one.text:
            say(f"\n{_wrapped(one.text)}")
    names = facts().sources_of("\n".join(one.text for one in found))
    if names:
        say("\nsources:\n" + "\n".join(f"  {name} = {where}" for name, where in names.items()))
    return Exit.OK


def _wrapped(facts: str) -> str:
    """Return a list of facts with its lines broken at the width; addresses stay whole."""
    import textwrap

    return "\n".join(
        textwrap.fill(line, WIDTH, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
        for line in facts.splitlines()
    )


def _facts() -> str:
    from cxr_tui.docs import facts

    intro = (
        "The program judges by these facts. Each says how certain it is and where it comes from: documented by Oracle, "
        "observed in public, or inferred from other facts. An inferred fact never fails a check."
    )
    rows = (f"  cxr-tui help facts {one.id:<5} {one.title}" for one in facts().sections.values())
    return "\n".join((intro, "", *rows))


def _environment() -> str:
    from cxr_tui.config.settings import CONFIG_VARIABLE, SETTINGS

    rows = [(one.variable, f"{one.meaning} ({one.name})") for one in SETTINGS if one.variable]
    rows += [
        (CONFIG_VARIABLE, "Another configuration file"),
        ("ACCESSIBLE=1", "Plain questions and answers, as with --plain"),
        ("TERM=dumb", "The same; also unknown, or empty"),
        ("NO_COLOR", "No colour on the full screen"),
        ("XDG_CONFIG_HOME", "Folder of the configuration file's folder, on Linux"),
        ("XDG_DATA_HOME", "Folder of the journals' folder, on Linux"),
        ("XDG_STATE_HOME", "Folder of the folders for reports on errors and for gpg, on Linux"),
        ("GNUPGHOME", "Not used: every run of gpg has a home of its own"),
        ("HTTPS_PROXY, ALL_PROXY", "The proxy on the way to the products; http and https proxies"),
        ("NO_PROXY", "Hosts, domains, addresses and networks that are reached without it"),
        ("SSL_CERT_FILE, SSL_CERT_DIR", "Certificate authorities to trust besides the system's"),
    ]
    lines = [f"  {name}\n      {meaning}" for name, meaning in rows]
    order = (
        "A variable comes before the configuration file, the command line before both. cxr-tui config shows which of "
        "them is in force. No secret is ever taken from a variable."
    )
    return "\n".join([*lines, "", order])


def _files() -> str:
    from cxr_tui.config.loader import load
    from cxr_tui.integration.paths import crash_home, data_home, state_home

    home = data_home()
    return "\n".join(
        (
            f"  {load().file}",
            "      settings; cxr-tui config schema says what may stand in it",
            f"  {home / 'integrations' / 'NAME' / 'journal.db'}",
            "      what was answered, found and said of one integration; never a secret",
            f"  {crash_home()}",
            "      reports on errors of the program, without values",
            f"  {state_home() / 'scratch'}",
            "      what gpg works with, for as long as it works",
            "  the keyring of this system, entries cxr-tui/NAME/...",
            "      passwords and passphrases, and nowhere else",
        )
    )


def _exit_codes() -> str:
    from enum import IntEnum

    codes: type[IntEnum] = Exit
    told = {
        "OK": "everything is in order",
        "PROBLEM": "a problem was found, or something is not done yet",
        "USAGE": "the command line, the configuration or a file cannot be used",
        "UNREACHABLE": "an outside system could not be reached",
        "STORE": "the credential store cannot be used",
        "CRASH": "an error of the program itself; a report was left",
        "HUNG_UP": "the terminal is gone (SIGHUP)",
        "INTERRUPTED": "interrupted (SIGINT, Ctrl+C)",
        "READER_GONE": "whoever reads what is printed has gone, as with | head -1",
        "TERMINATED": "terminated (SIGTERM)",
    }
    return "\n".join(f"  {code.value:>3}  {told[code.name]}" for code in codes)


def _keys() -> str:
    import textwrap

    from cxr_tui.config.loader import load
    from cxr_tui.tui.actions.action import shown
    from cxr_tui.tui.actions.table import ALL_ACTIONS

    own = load().settings.keymap
    lines: list[str] = []
    scope = None
    for action in ALL_ACTIONS:
        if not action.key:
            continue
        if action.scope is not scope:
            scope = action.scope
            lines.append(f"{scope}:" if not lines else f"\n{scope}:")
        key = shown(own.get(action.binding_id, action.key))
        lines.append(f"  {key:<10} {action.label:<20} {action.binding_id}")
        lines += textwrap.wrap(action.tooltip, WIDTH, initial_indent=" " * 13, subsequent_indent=" " * 13)
    how = (
        "Another key for an action stands in the configuration file under keymap, by the id at the right:\n\n"
        '  keymap = { "wizard.check" = "f5,ctrl+k" }'
    )
    return "\n".join([*lines, "", how])


_PLAIN = """\
  cxr-tui --plain                    questions and answers, line by line
  cxr-tui --plain --sandbox          the same on a sandbox
  cxr-tui --plain rotate             a rotation, as a conversation
  cxr-tui --plain status             the jobs as label: value lines

Nothing on the terminal is moved, coloured or drawn again; every state is a word. For screen readers, dumb terminals,
pipes, and people who like prompts. Also chosen by CXR_TUI_PLAIN=1, ACCESSIBLE=1, TERM=dumb, plain = true in the
configuration file, and where standard input or output is no terminal. --no-plain brings the full screen back.

At a step, Enter does the sensible next thing, which stands in brackets; ? lists all words. At a question, Enter keeps
what stands in brackets, - empties, ? helps. Ctrl+C cancels a check that runs, Ctrl+D leaves. Secrets are not shown
while they are typed."""

_ANSWERS = """\
  [account]
  account_name = "acme"

  [audience-designer]
  sr_number = "3-123456789"
  confirmed = true

  [organization-assignment]
  confirmed = true
  overrule = "Our top organization has another name"

One table a step, fields by name, in TOML. A wrong name gets the list of the right ones.

confirmed = true says that the step's part in the browser is done. It counts where the check finds nothing against the
step. overrule = "sentence" confirms the step whatever its check finds, and the report lists findings and sentence. It
never passes a private key given as the public one, an irreversible Yes without its sentence, or a refused, expired or
locked password of the integration user. It ends when the step's entries change or a check sees something else.

apply and check exit with 0 where every step asked for is verified or confirmed, overruled ones among them, and with 1
where one is not. Secrets never stand in the file: they lie in the keyring or come by --secrets-stdin.

Files for version 0.1 say attested = true; that is taken as confirmed = true, with a warning."""

TOPICS: Mapping[str, tuple[str, Callable[[], str]]] = {
    "environment": ("Environment variables", _environment),
    "files": ("Files and folders", _files),
    "exit-codes": ("Exit codes", _exit_codes),
    "answers": ("Answers files for apply", lambda: _ANSWERS),
    "plain": ("Plain mode", lambda: _PLAIN),
    "keys": ("Keys of the full screen", _keys),
    "facts": ("Facts about the two products", _facts),
}

"""Vigie: composition root and command line (contract, "Commands").

Errors go to stderr in one sentence; exit status 2 for wrong use, 1 for a refusal.
"""

import argparse
import contextlib
import getpass
import os
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from data import db
from data.migrate import migrate
from data.settings import Settings, port
from data.vocabulary import Role, Scope
from services import anchors, chain, files, i18n, imports, incidents, jobs, logs, memory, organisation, people, tokens
from services.errors import BadRows, DeskError, Invalid
from services.notifications import settings as notifications
from services.sealed import seal
from services.work import SYSTEM

_languages = ["en" if os.environ.get("VIGIE_LANGUAGE") == "en" else "fr"]  # until the settings are read
COMMANDS_WITHOUT_SERVER = "the command works on the database that VIGIE_DATABASE_URL names, also while Vigie is running"


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command line."""
    options = _parser().parse_args(_with_command(sys.argv[1:] if arguments is None else arguments))
    try:
        settings = Settings.read()
        _languages.append(settings.language)
        logs.configure(settings.log_format)
        options.opens(settings)
        with contextlib.ExitStack() as opened:
            opened.callback(db.dispose)
            memory.keep_what_is_loaded()
            return int(options.run(options, settings) or 0)
    except Invalid as wrong:
        sentences = i18n.field_sentences(wrong, _language())
        print(" ".join(f"{field}: {sentence}" for field, sentence in sentences.items()), file=sys.stderr)
        return 1
    except DeskError as refusal:
        print(i18n.error_sentence(refusal, _language()), file=sys.stderr)
        return 1
    except ValueError as misuse:
        print(str(misuse), file=sys.stderr)
        return 2
    except OSError as misuse:
        print(f"{misuse.filename}: {misuse.strerror}" if misuse.filename else str(misuse), file=sys.stderr)
        return 2
    except db.DatabaseError as fault:
        print(_database_sentence(fault), file=sys.stderr)
        return 1


def _with_command(arguments: Sequence[str]) -> list[str]:
    """What nobody names a command for is for `serve`: nothing, or its options alone."""
    named = bool(arguments) and (not arguments[0].startswith("-") or arguments[0] in ("-h", "--help"))
    return [*arguments] if named else ["serve", *arguments]


def _database_sentence(fault: db.DatabaseError) -> str:
    """What is wrong with the database itself; raises what is a bug of ours."""
    said = str(fault.orig).splitlines()[0]
    if isinstance(fault, db.OperationalError):
        return f"The database does not answer: {said}"
    if type(fault) is not db.DatabaseError:
        raise fault
    return i18n.t("cli.damaged", _language(), reason=said)


def _open(settings: Settings) -> None:
    """The database is bound and up to date, the chain has its key."""
    chain.use_secret(settings.secret)
    incidents.use_zone(settings.zone)
    files.use_folder(settings.data_dir / "attachments")
    anchors.use_folder(settings.data_dir)
    notifications.configure(settings)
    db.bind(settings.database_url)
    migrate(seal)


def _language() -> str:
    return _languages[-1]


def serve(options: argparse.Namespace, settings: Settings) -> None:
    """Pages, API and jobs."""
    from ui.server import Terms, expect_free, serve

    host, port = options.host or settings.host, settings.port if options.port is None else options.port
    expect_free(host, port)
    public_url = settings.base_url.rstrip("/") or f"http://{host}:{port}"
    if not organisation.is_set_up():
        _announce_set_up(public_url)
    terms = Terms(
        public_url=public_url,
        zone=settings.zone,
        locale=settings.language,
        one_writer=db.bound().is_sqlite,
        trusted_proxies=tuple(proxy.strip() for proxy in settings.trusted_proxies.split(",") if proxy.strip()),
        api_rate=settings.api_rate,
    )
    print(f"Vigie: {public_url}", flush=True)
    runner = jobs.Runner(() if options.no_jobs else jobs.JOBS)
    runner.start()
    try:
        serve(terms, host=host, port=port)
    finally:
        runner.stop()


def jobs_only(options: argparse.Namespace, settings: Settings) -> None:
    """What Vigie does by itself, until the process is told to stop."""
    runner = jobs.Runner()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: runner.release())
    runner.start()
    runner.wait()
    runner.stop()


def _announce_set_up(public_url: str) -> None:
    print(i18n.t("cli.setup_code", _language(), url=f"{public_url}/setup", code=organisation.setup_code()), flush=True)


def demo(options: argparse.Namespace, settings: Settings) -> None:
    """The demonstration organisation, its people and its incidents."""
    from services import demo

    loaded = demo.load()
    for account in loaded.accounts:
        print(f"{account.login:12} {account.password:24} {account.role:12} {account.name}")


def setup(options: argparse.Namespace, settings: Settings) -> None:
    """The organisation and the first administrator."""
    name = options.name or options.admin
    password = _password()
    organisation.set_up(
        organisation=options.org, login=options.admin, admin_name=name, email=options.email, password=password
    )


def user_add(options: argparse.Namespace, settings: Settings) -> None:
    """A new account."""
    given = {name: getattr(options, name) for name in ("login", "name", "role", "email")}
    people.create_user(SYSTEM, **given, teams=options.team, password=_password())


def user_unfactor(options: argparse.Namespace, settings: Settings) -> None:
    """The account signs in by its password alone: for whoever has lost telephone and recovery codes."""
    from services import second_factor

    second_factor.reset(SYSTEM, options.login)


def import_file(options: argparse.Namespace, settings: Settings) -> int:
    """The rows of a file, all or nothing."""
    try:
        report = imports.run(SYSTEM, options.kind, Path(options.file).read_bytes(), dry_run=options.dry_run)
    except BadRows as refusal:
        for line, column, code, params in refusal.rows:
            reason = i18n.t(f"invalid.{code}", _language(), **params)
            print(i18n.t("cli.bad_row", _language(), line=line, column=column or "-", reason=reason), file=sys.stderr)
        return 1
    if report.unused:
        print(i18n.t("cli.unused", _language(), names=", ".join(report.unused)), file=sys.stderr)
    key = "cli.import_tried" if options.dry_run else "cli.imported"
    counts = {"created": report.created, "changed": report.changed, "unchanged": report.unchanged}
    print(i18n.t(key, _language(), **counts))
    return 0


def export(options: argparse.Namespace, settings: Settings) -> None:
    """All incidents, or the whole history, on stdout."""
    from services import audit_log, exports

    pieces = {
        "incidents": lambda: exports.incidents(SYSTEM, options.format),
        "history": lambda: audit_log.export_all(SYSTEM, options.format, settings.zone),
    }
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    sys.stdout.writelines(pieces[options.what]())


def token_add(options: argparse.Namespace, settings: Settings) -> None:
    """A new API token, alone on stdout."""
    print(tokens.issue(SYSTEM, options.login, name=options.name, scope=options.scope, expires_days=options.expires))


def audit_verify(options: argparse.Namespace, settings: Settings) -> int:
    """Whether the history is whole, with what was anchored of it, and a PDF what was exported."""
    from services import proof

    for intact, sentence in proof.verdicts(_language(), anchor=options.anchor, pdf=options.pdf):
        print(sentence, file=sys.stdout if intact else sys.stderr)
        if not intact:
            return 1
    return 0


def sla_verify(options: argparse.Namespace, settings: Settings) -> int:
    """Whether every stored verdict is what the events give."""
    from services import audit

    differences = list(audit.verify_sla())
    for each in differences:
        print(each.line())
    if not differences:
        print(i18n.t("cli.sla_intact", _language()))
    return 1 if differences else 0


def back_up(options: argparse.Namespace, settings: Settings) -> None:
    """Everything in one file, one consistent state, also while Vigie is running."""
    from services import backup

    backup.step_back()
    report = backup.save(options.file, data_dir=settings.data_dir, recipient=options.recipient)
    print(i18n.t("cli.backed_up", _language(), file=options.file, rows=report.rows, files=report.files))


def restore(options: argparse.Namespace, settings: Settings) -> int:
    """The desk as it was when the file was made."""
    from services import backup

    report = backup.restore(options.file, data_dir=settings.data_dir, identity=options.identity, force=options.force)
    if aside := anchors.set_aside(settings.data_dir):
        print(i18n.t("cli.anchors_aside", _language(), file=aside))
    print(i18n.t("cli.restored", _language(), rows=report.rows, files=report.files))
    if report.chain_broken_at is not None:
        print(i18n.t("cli.restored_other_key", _language(), seq=report.chain_broken_at), file=sys.stderr)
        return 1
    return 0


def examine(options: argparse.Namespace, settings: Settings) -> int:
    """A line for each thing that Vigie stands on, and whether one of them failed."""
    from services import doctor

    worst = doctor.State.OK
    for finding in doctor.examine(settings):
        worst = max(worst, finding.state)
        print(finding.line(_language()), flush=True)
    return 1 if worst is doctor.State.FAILED else 0


def migrate_only(options: argparse.Namespace, settings: Settings) -> None:
    """The schema is the newest: opening the database saw to it."""


def _password() -> str:
    """The first line of stdin, or what is typed unseen."""
    if sys.stdin.isatty():
        return getpass.getpass()
    return sys.stdin.readline().rstrip("\r\n")


def _account_commands(command: Callable[..., argparse.ArgumentParser], group: Callable[[str, str], Any]) -> None:
    """What lets people and scripts in."""
    account = command(accounts := group("user", "accounts"), "add", user_add, "create an account; password on stdin")
    account.add_argument("login")
    account.add_argument("--name", required=True)
    account.add_argument("--role", required=True, choices=[role.value for role in Role])
    account.add_argument("--email")
    account.add_argument("--team", action="append", default=[], help="name of a team, the main one first; repeatable")
    lost = "let a person in by the password alone, who has lost telephone and recovery codes"
    command(accounts, "reset-second-factor", user_unfactor, lost).add_argument("login")
    token = command(group("token", "API tokens"), "add", token_add, "print a new API token, once")
    token.add_argument("login")
    token.add_argument("--name", required=True, help="what it is for")
    token.add_argument("--scope", choices=[scope.value for scope in Scope], default=Scope.WRITE.value)
    token.add_argument("--expires", type=int, metavar="DAYS")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Wrong use is said in one sentence, without the usage before it."""
        self.exit(2, f"{self.prog}: {message}; {self.prog} --help explains it\n")


def _parser() -> argparse.ArgumentParser:
    alone = "without a command, with or without options of its own, it serves"
    parser = _Parser(prog="python main.py", description="Vigie, the incident desk of small IT teams", epilog=alone)
    parser.set_defaults(opens=_open)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")

    def command(under: Any, name: str, run: Callable[..., Any], help_text: str) -> argparse.ArgumentParser:
        made: argparse.ArgumentParser = under.add_parser(
            name, help=help_text, description=help_text, epilog=COMMANDS_WITHOUT_SERVER
        )
        made.set_defaults(run=run)
        return made

    def group(name: str, help_text: str) -> Any:
        made = commands.add_parser(name, help=help_text, description=help_text)
        return made.add_subparsers(title="commands", metavar="COMMAND", required=True)

    serving = command(commands, "serve", serve, "migrate, then serve pages, API and jobs")
    serving.add_argument("--host", help="address to listen on (VIGIE_HOST)")
    serving.add_argument("--port", type=port, help="port to listen on (VIGIE_PORT)")
    serving.add_argument("--no-jobs", action="store_true", help="leave notifications and the watcher to `jobs`")
    command(commands, "jobs", jobs_only, "send notifications and watch the SLA, without pages or API")
    command(commands, "demo", demo, "load the demonstration data into an empty database and print its accounts")
    first = command(commands, "setup", setup, "create the organisation and its first administrator; password on stdin")
    first.add_argument("--org", required=True, help="name of the organisation")
    first.add_argument("--admin", required=True, help="login of the administrator")
    first.add_argument("--name", help="the administrator's name (default: the login)")
    first.add_argument("--email")
    _account_commands(command, group)
    loading = command(commands, "import", import_file, "load a CSV file, all of it or nothing")
    loading.add_argument("kind", choices=[*imports.SORTS])
    loading.add_argument("file", metavar="FILE.csv")
    loading.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
    saving = command(commands, "backup", back_up, "write everything into one file, also while Vigie is running")
    saving.add_argument("file", type=Path, metavar="FILE")
    saving.add_argument("--recipient", metavar="age1…", help="encrypt it for this age public key")
    restoring = command(commands, "restore", restore, "bring back what `backup` wrote; restart Vigie afterwards")
    restoring.add_argument("file", type=Path, metavar="FILE")
    restoring.add_argument("--identity", type=Path, metavar="FILE", help="the age private key of an encrypted backup")
    restoring.add_argument("--force", action="store_true", help="replace what the database holds")
    giving = command(commands, "export", export, "write all incidents, or the whole history, to stdout")
    giving.add_argument("what", choices=["incidents", "history"])
    giving.add_argument("--format", choices=["csv", "json"], default="csv")
    command(commands, "migrate", migrate_only, "bring the schema up to date")
    _add_checks(commands, command, group)
    return parser


def _add_checks(commands: Any, command: Callable[..., argparse.ArgumentParser], group: Callable[..., Any]) -> None:
    looking = command(commands, "doctor", examine, "look at everything that Vigie stands on; exit 1 if one fails")
    looking.set_defaults(opens=lambda _: None)  # it makes, opens and migrates nothing
    audits = group("audit", "the history")
    verify = command(audits, "verify", audit_verify, "check the history's chain; exit 1 if broken")
    verify.add_argument("--anchor", metavar="FILE|VALUE", help="and that nothing was cut off since this anchor")
    verify.add_argument("--pdf", type=Path, metavar="FILE", help="and this exported PDF against it")
    command(group("sla", "stored verdicts"), "verify", sla_verify, "recompute every stored verdict; exit 1 on a change")


if __name__ in {"__main__", "__mp_main__"}:
    sys.exit(main())

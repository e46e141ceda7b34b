"""The verbs of `minwon`. Each imports what it needs when it runs, so that `--help` is quick."""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn
from uuid import UUID

import typer

from settings import Settings, SettingsError, read_settings

app = typer.Typer(
    name="minwon",
    help="The engine that a city runs its citizens' petitions on. 민원·제안 통합 처리 엔진.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
quarantine_app = typer.Typer(help="What could not be understood: list, show, retry.")
user_app = typer.Typer(help="Local accounts of staff.")
partner_app = typer.Typer(help="Partners that file over Open311: add, list, revoke.")
calendar_app = typer.Typer(help="Working days: declare, withdraw, list, recompute.")
credits_app = typer.Typer(help="Volunteer hours: export, what became of them, the ledger again.")
figures_app = typer.Typer(help="What the board counts: rebuild.")
audit_app = typer.Typer(help="The log of who read whose data: verify, seal.")
outage_app = typer.Typer(help="Outages of the system, which no deadline counts.")
data_app = typer.Typer(help="Departments, owners, ladders, texts: check, load, list.")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(calendar_app, name="calendar")
app.add_typer(outage_app, name="outage")
app.add_typer(data_app, name="data")
app.add_typer(user_app, name="user")
app.add_typer(audit_app, name="audit")
app.add_typer(figures_app, name="figures")
app.add_typer(partner_app, name="partner")
app.add_typer(credits_app, name="credits")


def _settings() -> Settings:
    try:
        return read_settings()
    except SettingsError as error:
        _fail(str(error))


def _fail(message: str, code: int = 2) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _role(name: str, help_text: str) -> None:
    def run() -> None:
        from worker import run_role

        run_role(name, _settings())

    run.__doc__ = help_text
    app.command(name)(run)


_role("worker", "Role: petition workflows and their activities.")
_role("intake", "Role: raw records from Kafka become cases, or quarantine entries.")
_role("relay", "Role: journal and outbox to Kafka, until acknowledged.")
_role("reply", "Role: events become messages to petitioners and staff.")
_role("deliver", "Role: messages to carriers, networks, mail and push.")
_role("web", "Role: pages, API and gateways.")


@app.command()
def up(
    demo: Annotated[bool, typer.Option(help="Replay the sample day when ready.")] = False,
    keep_dates: Annotated[bool, typer.Option(help="Replay with the sample's own dates.")] = False,
) -> None:
    """Everything on this machine, in the foreground; Ctrl-C ends it all."""
    from cli.up import run_up

    _end(run_up(_settings(), demo=demo, keep_dates=keep_dates))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema, and store the first calendar."""
    from cli.migrate import run_migrate

    _end(_within(run_migrate))


@app.command()
def resume(
    unattended: Annotated[bool, typer.Option(help="Only cases that seem to have none.")] = False,
) -> None:
    """Start a workflow for every open case that has none."""
    from cli.resume import run_resume

    _end(_within(lambda settings: run_resume(settings, unattended_only=unattended)))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A day of raw records, one JSON object a line.")],
    keep_dates: Annotated[bool, typer.Option(help="Do not shift the day to end now.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=64)] = 8,
) -> None:
    """Send raw records to the gateways, and print what became of them."""
    from cli.replaying import run_replay

    _end(
        _within(
            lambda settings: run_replay(
                settings, file, keep_dates=keep_dates, concurrency=concurrency
            )
        )
    )


@app.command()
def seed(
    cases: Annotated[int, typer.Option(min=1, max=20_000_000, help="How many.")] = 100_000,
    number: Annotated[int, typer.Option("--seed", help="The same number, the same city.")] = 1,
    last: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day; yesterday.")
    ] = None,
    processes: Annotated[int, typer.Option(min=1, max=64)] = 2,
) -> None:
    """Make a believable city of many cases, in a database that has none."""
    from cli.seed import run_seed

    day = last.date() if last else None
    _end(
        _within(
            lambda settings: run_seed(
                settings, cases=cases, seed=number, last=day, processes=processes
            )
        )
    )


@app.command()
def deadlines(
    file: Annotated[str, typer.Argument(help="FILE of cases, or «explain».")],
    number: Annotated[str | None, typer.Argument(help="Receipt number, after «explain».")] = None,
) -> None:
    """Compute the deadlines in FILE, without any server; or explain those of a live case."""
    if file == "explain" and number is not None:
        from cli.explaining import run_explain

        _end(_within(lambda settings: run_explain(settings, number)))
    from cli.deadlines import run_deadlines

    _end(run_deadlines(Path(file)))


@app.command()
def secrets(
    new: Annotated[Path | None, typer.Option(help="Make a new keys file here.")] = None,
) -> None:
    """Show the embedded default's secrets, or make a keys file."""
    from cli.secrets import make_keys, show_secrets

    _end(make_keys(new) if new else show_secrets(_settings()))


@app.command()
def outside(
    directory: Annotated[Path, typer.Argument(help="Where what was received is kept.")],
    http_port: Annotated[int, typer.Option()] = 0,
    mail_port: Annotated[int, typer.Option()] = 0,
) -> None:
    """Stand-ins for carrier, mail, push service and networks."""
    from cli.outside import outside as run

    _end(run(directory, http_port=http_port, mail_port=mail_port))


@quarantine_app.command("list")
def quarantine_list(
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
) -> None:
    """Entries, newest first."""
    from cli.quarantine import run_list

    _end(_within(lambda settings: run_list(settings, everything=everything)))


@quarantine_app.command("show")
def quarantine_show(entry: Annotated[int, typer.Argument(help="The entry's number.")]) -> None:
    """One entry with the record as it came."""
    from cli.quarantine import run_show

    _end(_within(lambda settings: run_show(settings, entry)))


@quarantine_app.command("retry")
def quarantine_retry(
    entries: Annotated[list[int] | None, typer.Argument(help="Entries; none: all open.")] = None,
) -> None:
    """Take entries in again, now that what was wrong is mended."""
    from cli.quarantine import run_retry

    _end(_within(lambda settings: run_retry(settings, entries or [])))


Source = Annotated[str, typer.Option(help="Where it is announced, for the record.")]
Wait = Annotated[bool, typer.Option("--wait/--no-wait", help="Until every case is recomputed.")]


@calendar_app.command("declare")
def calendar_declare(day: str, name: str, source: Source, wait: Wait = True) -> None:
    """Declare DAY a holiday called NAME, and recompute the open cases."""
    from cli.calendars import run_declare

    _end(_within(lambda settings: run_declare(settings, day, name, source=source, wait=wait)))


@calendar_app.command("withdraw")
def calendar_withdraw(day: str, source: Source, wait: Wait = True) -> None:
    """Make DAY a working day, and recompute the open cases."""
    from cli.calendars import run_withdraw

    _end(_within(lambda settings: run_withdraw(settings, day, source=source, wait=wait)))


@calendar_app.command("list")
def calendar_list() -> None:
    """Versions, declared days, outages, recomputations."""
    from cli.calendars import run_list

    _end(_within(run_list))


@calendar_app.command("recompute")
def calendar_recompute(
    reason: Annotated[str, typer.Option(help="What has changed; every moved case says it.")],
    wait: Wait = True,
) -> None:
    """Recompute the open cases after a change of rules or data."""
    from cli.calendars import run_recompute

    _end(_within(lambda settings: run_recompute(settings, reason=reason, wait=wait)))


@outage_app.command("record")
def outage_record(
    start: Annotated[str, typer.Argument(metavar="FROM")],
    end: Annotated[str, typer.Argument(metavar="TO")],
    source: Source = "",
    wait: Wait = True,
) -> None:
    """Record an outage FROM … TO (Seoul's time unless said), and recompute the open cases."""
    from cli.calendars import run_outage

    _end(_within(lambda settings: run_outage(settings, start, end, source=source, wait=wait)))


Directory = Annotated[
    Path, typer.Argument(exists=True, file_okay=False, metavar="DIR", help="Files to take over.")
]


@data_app.command("check")
def data_check(directory: Directory) -> None:
    """Look for faults in DIR, and show what loading it would change."""
    from cli.data import run_check

    _end(_within(lambda settings: run_check(settings, directory)))


@data_app.command("load")
def data_load(
    directory: Directory,
    source: Source,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    wait: Wait = True,
) -> None:
    """Check DIR, show the effect, and put it in force in every role."""
    from cli.data import run_load

    _end(_within(lambda settings: run_load(settings, directory, source=source, yes=yes, wait=wait)))


@data_app.command("list")
def data_list() -> None:
    """Versions of the city's data, newest first."""
    from cli.data import run_list

    _end(_within(run_list))


@user_app.command("add")
def user_add(
    login: str,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="first_line, department_head, officer, …")],
    department: Annotated[str, typer.Option(help="Code such as 3220000.roads.")],
) -> None:
    """Make a local account and print its password once."""
    from cli.user import run_add

    _end(_within(lambda settings: run_add(settings, login, name, role, department)))


@user_app.command("remove")
def user_remove(login: str) -> None:
    """Disable an account and end its sessions."""
    from cli.user import run_remove

    _end(_within(lambda settings: run_remove(settings, login)))


@user_app.command("list")
def user_list(
    everything: Annotated[bool, typer.Option("--all", help="Closed accounts too.")] = False,
) -> None:
    """Accounts with what each does, and who is away."""
    from cli.user import run_list

    _end(_within(lambda settings: run_list(settings, everything=everything)))


@user_app.command("password")
def user_password(login: str) -> None:
    """Give an account a new password and print it once; its sessions end."""
    from cli.user import run_password

    _end(_within(lambda settings: run_password(settings, login)))


@user_app.command("sessions")
def user_sessions(
    login: str,
    end: Annotated[bool, typer.Option("--end", help="End them all.")] = False,
) -> None:
    """The open sessions of an account."""
    from cli.user import run_sessions

    _end(_within(lambda settings: run_sessions(settings, login, end=end)))


@figures_app.command("rebuild")
def figures_rebuild(
    missing: Annotated[bool, typer.Option(help="Only cases that have no row yet.")] = False,
) -> None:
    """Make anew, from the log, what the board counts."""
    from cli.figures import run_rebuild

    _end(_within(lambda settings: run_rebuild(settings, missing_only=missing)))


@audit_app.command("verify")
def audit_verify() -> None:
    """Is the log what was written? Exit 1 and the first broken place where it is not."""
    from cli.audit import run_verify

    _end(_within(run_verify))


@audit_app.command("seal")
def audit_seal() -> None:
    """Seal the past days now, and print their seals."""
    from cli.audit import run_seal

    _end(_within(run_seal))


@credits_app.command("export")
def credits_export(
    file: Annotated[Path, typer.Argument(help="CSV to write.")],
    batch: Annotated[str | None, typer.Option(help="Write this batch once more.")] = None,
) -> None:
    """Write the requested hours for the volunteers' system (1365), and note that they went out."""
    from cli.credits import run_export

    _end(_within(lambda settings: run_export(settings, file, batch)))


@credits_app.command("confirm")
def credits_confirm(requests: list[UUID]) -> None:
    """Note that exported requests were booked."""
    from cli.credits import run_settle

    _end(_within(lambda settings: run_settle(settings, requests, None)))


@credits_app.command("refuse")
def credits_refuse(
    requests: list[UUID],
    reason: Annotated[str, typer.Option(help="Why, in words for the citizen.")],
) -> None:
    """Note that exported requests were not booked; they may be asked for again."""
    from cli.credits import run_settle

    _end(_within(lambda settings: run_settle(settings, requests, reason[:200])))


@credits_app.command("recompute")
def credits_recompute() -> None:
    """Bring every ledger up to the record; entries are added, none rewritten."""
    from cli.credits import run_recompute

    _end(_within(run_recompute))


@partner_app.command("add")
def partner_add(
    name: Annotated[str, typer.Argument(help="Short name such as fixmystreet; never changes.")],
    title: Annotated[str, typer.Option(help="What people read; else the name.")] = "",
    rights: Annotated[str, typer.Option(help="file, update, or both.")] = "file,update",
    per_minute: Annotated[int, typer.Option(help="Posts a minute.")] = 60,
    per_day: Annotated[int, typer.Option(help="Posts a day.")] = 10_000,
) -> None:
    """Add a partner and print its key once; a revoked one comes back with a new key."""
    from cli.partners import run_add

    limits = {"per_minute": per_minute, "per_day": per_day}
    _end(_within(lambda settings: run_add(settings, name, title, rights, limits)))


@partner_app.command("list")
def partner_list() -> None:
    """Partners with their rights and limits; never a key."""
    from cli.partners import run_list

    _end(_within(run_list))


@partner_app.command("revoke")
def partner_revoke(name: str) -> None:
    """Let a partner's key open nothing any more; what it filed stays."""
    from cli.partners import run_revoke

    _end(_within(lambda settings: run_revoke(settings, name)))


def _within(verb: Callable[[Settings], Any]) -> int:
    """Run an asynchronous verb with the settings; a wrong setting is one sentence, exit 2."""
    import asyncio

    from cli.state import CliError, embedded_settings

    try:
        return int(asyncio.run(verb(embedded_settings(_settings()))))
    except (SettingsError, CliError) as error:
        _fail(str(error))


def _end(code: int) -> NoReturn:
    """End by flush and exit: see worker.end."""
    if "temporalio" in sys.modules:
        from worker import end

        end(code)
    raise typer.Exit(code)


def main() -> None:
    """The console script."""
    app()

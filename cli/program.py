"""The verbs of `minwon`; those of the city's data and of people stand in `city_verbs` and
`people_verbs`. Each imports what it needs when it runs, so that `--help` is quick."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli.city_verbs import calendar_app, data_app, outage_app
from cli.people_verbs import audit_app, credits_app, partner_app, user_app
from cli.running import end, settings_or_fail, within

app = typer.Typer(
    name="minwon",
    help="The engine that a city runs its citizens' petitions on. 민원·제안 통합 처리 엔진.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
quarantine_app = typer.Typer(help="What could not be understood: list, show, retry.")
figures_app = typer.Typer(help="What the board counts: rebuild.")
app.add_typer(quarantine_app, name="quarantine")
app.add_typer(calendar_app, name="calendar")
app.add_typer(outage_app, name="outage")
app.add_typer(data_app, name="data")
app.add_typer(user_app, name="user")
app.add_typer(audit_app, name="audit")
app.add_typer(figures_app, name="figures")
app.add_typer(partner_app, name="partner")
app.add_typer(credits_app, name="credits")


def _role(name: str, help_text: str) -> None:
    def run() -> None:
        from worker import run_role

        run_role(name, settings_or_fail())

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

    end(run_up(settings_or_fail(), demo=demo, keep_dates=keep_dates))


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema, and store the first calendar."""
    from cli.migrate import run_migrate

    end(within(run_migrate))


@app.command()
def resume(
    unattended: Annotated[bool, typer.Option(help="Only cases that seem to have none.")] = False,
) -> None:
    """Start a workflow for every open case that has none."""
    from cli.resume import run_resume

    end(within(lambda settings: run_resume(settings, unattended_only=unattended)))


@app.command()
def replay(
    file: Annotated[Path, typer.Argument(help="A day of raw records, one JSON object a line.")],
    keep_dates: Annotated[bool, typer.Option(help="Do not shift the day to end now.")] = False,
    concurrency: Annotated[int, typer.Option(min=1, max=64)] = 8,
) -> None:
    """Send raw records to the gateways, and print what became of them."""
    from cli.replaying import run_replay

    end(
        within(
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
    end(
        within(
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

        end(within(lambda settings: run_explain(settings, number)))
    from cli.deadlines import run_deadlines

    end(run_deadlines(Path(file)))


@app.command()
def secrets(
    new: Annotated[Path | None, typer.Option(help="Make a new keys file here.")] = None,
) -> None:
    """Show the embedded default's secrets, or make a keys file."""
    from cli.secrets import make_keys, show_secrets

    end(make_keys(new) if new else show_secrets(settings_or_fail()))


@app.command()
def outside(
    directory: Annotated[Path, typer.Argument(help="Where what was received is kept.")],
    http_port: Annotated[int, typer.Option()] = 0,
    mail_port: Annotated[int, typer.Option()] = 0,
) -> None:
    """Stand-ins for carrier, mail, push service and networks."""
    from cli.outside import outside as run

    end(run(directory, http_port=http_port, mail_port=mail_port))


@quarantine_app.command("list")
def quarantine_list(
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
) -> None:
    """Entries, newest first."""
    from cli.quarantine import run_list

    end(within(lambda settings: run_list(settings, everything=everything)))


@quarantine_app.command("show")
def quarantine_show(entry: Annotated[int, typer.Argument(help="The entry's number.")]) -> None:
    """One entry with the record as it came."""
    from cli.quarantine import run_show

    end(within(lambda settings: run_show(settings, entry)))


@quarantine_app.command("retry")
def quarantine_retry(
    entries: Annotated[list[int] | None, typer.Argument(help="Entries; none: all open.")] = None,
) -> None:
    """Take entries in again, now that what was wrong is mended."""
    from cli.quarantine import run_retry

    end(within(lambda settings: run_retry(settings, entries or [])))


@figures_app.command("rebuild")
def figures_rebuild(
    missing: Annotated[bool, typer.Option(help="Only cases that have no row yet.")] = False,
) -> None:
    """Make anew, from the log, what the board counts."""
    from cli.figures import run_rebuild

    end(within(lambda settings: run_rebuild(settings, missing_only=missing)))


def main() -> None:
    """The console script."""
    app()

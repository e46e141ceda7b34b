"""The verbs about people: staff, the log of what they read, partners, volunteers."""

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from cli.running import end, within

user_app = typer.Typer(help="Local accounts of staff.")
audit_app = typer.Typer(help="The log of who read whose data: verify, seal.")
partner_app = typer.Typer(help="Partners that file over Open311: add, list, revoke.")
credits_app = typer.Typer(help="Volunteer hours: export, what became of them, the ledger again.")


@user_app.command("add")
def user_add(
    login: str,
    name: Annotated[str, typer.Option(help="The person's name.")],
    role: Annotated[str, typer.Option(help="first_line, department_head, officer, …")],
    department: Annotated[str, typer.Option(help="Code such as 3220000.roads.")],
) -> None:
    """Make a local account and print its password once."""
    from cli.user import run_add

    end(within(lambda settings: run_add(settings, login, name, role, department)))


@user_app.command("remove")
def user_remove(login: str) -> None:
    """Disable an account and end its sessions."""
    from cli.user import run_remove

    end(within(lambda settings: run_remove(settings, login)))


@user_app.command("list")
def user_list(
    everything: Annotated[bool, typer.Option("--all", help="Closed accounts too.")] = False,
) -> None:
    """Accounts with what each does, and who is away."""
    from cli.user import run_list

    end(within(lambda settings: run_list(settings, everything=everything)))


@user_app.command("password")
def user_password(login: str) -> None:
    """Give an account a new password and print it once; its sessions end."""
    from cli.user import run_password

    end(within(lambda settings: run_password(settings, login)))


@user_app.command("sessions")
def user_sessions(
    login: str,
    every: Annotated[bool, typer.Option("--end", help="End them all.")] = False,
) -> None:
    """The open sessions of an account."""
    from cli.user import run_sessions

    end(within(lambda settings: run_sessions(settings, login, end=every)))


@audit_app.command("verify")
def audit_verify() -> None:
    """Is the log what was written? Exit 1 and the first broken place where it is not."""
    from cli.audit import run_verify

    end(within(run_verify))


@audit_app.command("seal")
def audit_seal() -> None:
    """Seal the past days now, and print their seals."""
    from cli.audit import run_seal

    end(within(run_seal))


@credits_app.command("export")
def credits_export(
    file: Annotated[Path, typer.Argument(help="CSV to write.")],
    batch: Annotated[str | None, typer.Option(help="Write this batch once more.")] = None,
) -> None:
    """Write the requested hours for the volunteers' system (1365), and note that they went out."""
    from cli.credits import run_export

    end(within(lambda settings: run_export(settings, file, batch)))


@credits_app.command("confirm")
def credits_confirm(requests: list[UUID]) -> None:
    """Note that exported requests were booked."""
    from cli.credits import run_settle

    end(within(lambda settings: run_settle(settings, requests, None)))


@credits_app.command("refuse")
def credits_refuse(
    requests: list[UUID],
    reason: Annotated[str, typer.Option(help="Why, in words for the citizen.")],
) -> None:
    """Note that exported requests were not booked; they may be asked for again."""
    from cli.credits import run_settle

    end(within(lambda settings: run_settle(settings, requests, reason[:200])))


@credits_app.command("recompute")
def credits_recompute() -> None:
    """Bring every ledger up to the record; entries are added, none rewritten."""
    from cli.credits import run_recompute

    end(within(run_recompute))


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
    end(within(lambda settings: run_add(settings, name, title, rights, limits)))


@partner_app.command("list")
def partner_list() -> None:
    """Partners with their rights and limits; never a key."""
    from cli.partners import run_list

    end(within(run_list))


@partner_app.command("revoke")
def partner_revoke(name: str) -> None:
    """Let a partner's key open nothing any more; what it filed stays."""
    from cli.partners import run_revoke

    end(within(lambda settings: run_revoke(settings, name)))

"""A mail server that keeps what it is given in the book: the mailboxes of all citizens."""

import asyncio
from collections.abc import Callable
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.smtp import SMTP, Envelope, Session

from stack.outside.book import Book


class Mailboxes:
    """The handler of aiosmtpd: one entry in the book for each recipient."""

    def __init__(self, book: Book) -> None:
        self._book = book

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Refuse what cannot be an address, as every mail server does."""
        name, at, host = address.rpartition("@")
        if not (name and at and host):
            return "550 5.1.3 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Keep the letter, or fail as asked for; 4xx and 5xx are SMTP's own here."""
        failure = self._book.failures.next("email")
        if failure is not None:
            return f"{failure} asked for"
        content = envelope.original_content or b""
        letter = message_from_bytes(content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        body = letter.get_body(("plain",))
        text = body.get_content() if body is not None else ""
        for address in envelope.rcpt_tos:
            self._book.keep(
                kind="email",
                to=address,
                body=text,
                reference=str(letter.get("Message-ID", "")).strip("<>").partition("@")[0] or None,
                raw={
                    "from": str(letter.get("From", "")),
                    "subject": str(letter.get("Subject", "")),
                    "source": content.decode("utf-8", errors="replace"),
                },
            )
        return "250 OK: kept"


def mail_server(book: Book, *, loop: asyncio.AbstractEventLoop) -> Callable[[], SMTP]:
    """What makes the protocol of one connection, for `loop.create_server`."""
    handler = Mailboxes(book)
    return lambda: SMTP(handler, hostname="outside.example", enable_SMTPUTF8=True, loop=loop)

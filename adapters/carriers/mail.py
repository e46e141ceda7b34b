"""Electronic mail by SMTP: plain text, UTF-8, one message to one address."""

from email.errors import HeaderParseError
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib

from adapters.carriers import TemporaryFailure
from schema.messages import Composed, Delivery, DeliveryOutcome, NoticeText, OutboundMessage

TIMEOUT_SECONDS = 15.0
SMTP_PORT = 25
SMTPS_PORT = 465
PERMANENT = 500


def fit(notice: NoticeText, to: str) -> Composed:
    """The notice in full, the address of its page on a line of its own."""
    body = notice.body
    if notice.url and notice.url not in body:
        body = f"{body.rstrip()}\n\n{notice.url}\n"
    return Composed(to=to, subject=" ".join(notice.subject.split()), body=body)


class MailCarrier:
    """Sends mail through one SMTP server, `smtp://[user:password@]host:port` or `smtps://…`."""

    def __init__(self, url: str, *, sender: str) -> None:
        parts = urlsplit(url)
        self._sender = sender
        self._encrypted = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (SMTPS_PORT if self._encrypted else SMTP_PORT)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def close(self) -> None:
        """Nothing is held between two messages."""

    async def send(self, message: OutboundMessage) -> Delivery:
        """Hand over one message; raises TemporaryFailure where it should be tried again.

        The Message-ID is our id: a mailbox that gets it twice can tell.
        """
        try:
            letter = self._letter(message)
        except (ValueError, HeaderParseError):
            return Delivery(outcome=DeliveryOutcome.FAILED, reason="bad_address")
        try:
            await aiosmtplib.send(
                letter,
                sender=self._sender,
                recipients=[message.to],
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._encrypted,
                timeout=TIMEOUT_SECONDS,
            )
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            return _refused(refusal.recipients[0].code)
        except aiosmtplib.SMTPAuthenticationError as error:
            raise TemporaryFailure(f"smtp_{error.code}") from error
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error.code)
        except (aiosmtplib.SMTPException, OSError) as error:
            raise TemporaryFailure(type(error).__name__) from error
        return Delivery(outcome=DeliveryOutcome.DELIVERED, reference=letter["Message-ID"])

    def _letter(self, message: OutboundMessage) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = self._sender
        letter["To"] = message.to
        letter["Subject"] = message.subject
        letter["Date"] = message.created_at
        letter["Message-ID"] = f"<{message.id}@{self._sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body)
        return letter


def _refused(code: int) -> Delivery:
    """5xx is for good (RFC 5321 §4.2.1); raises TemporaryFailure for everything else."""
    if code < PERMANENT:
        raise TemporaryFailure(f"smtp_{code}")
    return Delivery(outcome=DeliveryOutcome.FAILED, reason=f"smtp_{code}")

"""What a petitioner of the web form is sent: an SMS, a mail, or nothing beside the page."""

from adapters.carriers import mail, sms
from adapters.phones import takes_messages
from schema.codes import ReplyBy
from schema.messages import Composed, NoticeText, Recipient

MEANS = (ReplyBy.SMS, ReplyBy.EMAIL, ReplyBy.PAGE)


def compose(notice: NoticeText, recipient: Recipient, means: ReplyBy) -> Composed | None:
    """The notice for `means`; None where the petitioner gave no address for it.

    The page needs nothing from here: it shows every notice by itself.
    """
    contact = recipient.contact
    match means:
        case ReplyBy.SMS if contact.phone is not None and takes_messages(contact.phone):
            return sms.fit(notice, contact.phone)
        case ReplyBy.EMAIL if contact.email is not None:
            return mail.fit(notice, contact.email)
    return None

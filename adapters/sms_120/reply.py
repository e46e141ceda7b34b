"""What a caller or a sender is told: an SMS or LMS, else the page alone."""

from adapters.carriers import sms
from adapters.phones import takes_messages
from schema.codes import ReplyBy
from schema.messages import Composed, NoticeText, Recipient

MEANS = (ReplyBy.SMS, ReplyBy.PAGE)


def compose(notice: NoticeText, recipient: Recipient, means: ReplyBy) -> Composed | None:
    """The notice for `means`; None where the petitioner has no address for it.

    The page needs nothing from here: it shows every notice by itself.
    """
    phone = recipient.contact.phone
    if means is ReplyBy.SMS and phone is not None and takes_messages(phone):
        return sms.fit(notice, phone)
    return None

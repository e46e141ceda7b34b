"""What the app's user is told: a push message, else a short message, else the page alone."""

from adapters.carriers import push, sms
from adapters.phones import takes_messages
from schema.codes import ReplyBy
from schema.messages import Composed, NoticeText, Recipient

MEANS = (ReplyBy.PUSH, ReplyBy.SMS, ReplyBy.PAGE)


def compose(notice: NoticeText, recipient: Recipient, means: ReplyBy) -> Composed | None:
    """The notice for `means`; None where the reporter has no address for it."""
    contact = recipient.contact
    match means:
        case ReplyBy.PUSH if contact.push_token:
            return push.fit(notice, contact.push_token)
        case ReplyBy.SMS if contact.phone is not None and takes_messages(contact.phone):
            return sms.fit(notice, contact.phone)
    return None

"""What a caller is told, and by which means."""

import pytest

from adapters.sms_120 import ADAPTER
from adapters.sms_120.reply import compose
from schema.codes import ReplyBy
from schema.messages import NoticeText, Recipient
from schema.submission import Contact

NOTICE = NoticeText(
    template="submitted",
    subject="민원 접수 안내",
    body="민원이 접수되었습니다. 접수번호 261123-000042-K",
    public_body="",
    url="https://minwon.example/cases/261123-000042-K?key=3sXv9J1nqkT0bq6c2yQh8A",
    public_url="https://minwon.example/cases/261123-000042-K",
)


def recipient(phone: str | None) -> Recipient:
    """A petitioner with this number."""
    return Recipient(contact=Contact(phone=phone), reply_by=ReplyBy.SMS)


def test_a_mobile_number_gets_a_message_with_the_key() -> None:
    """A message is private: its address opens the case."""
    composed = compose(NOTICE, recipient("01000000000"), ReplyBy.SMS)
    assert composed is not None
    assert composed.to == "01000000000"
    assert composed.body.splitlines() == [NOTICE.body, NOTICE.url]


@pytest.mark.parametrize("phone", [None, "020000120", "+12125550100"])
def test_whoever_takes_no_message_is_told_on_the_page(phone: str | None) -> None:
    """None says so, for every means there is."""
    assert [compose(NOTICE, recipient(phone), means) for means in ReplyBy] == [None] * len(ReplyBy)


def test_the_page_is_the_last_means() -> None:
    """After the message."""
    assert ADAPTER.means == (ReplyBy.SMS, ReplyBy.PAGE)

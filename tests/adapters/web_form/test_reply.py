"""What a petitioner of the form is sent."""

import pytest

from adapters.web_form import ADAPTER
from adapters.web_form.reply import compose
from schema.codes import ReplyBy
from schema.messages import NoticeText, Recipient
from schema.submission import Contact

NOTICE = NoticeText(
    template="answered",
    subject="민원 답변 안내",
    body="답변이 등록되었습니다.",
    public_body="",
    url="https://minwon.example/cases/261123-000042-K?key=3sXv9J1nqkT0bq6c2yQh8A",
    public_url="https://minwon.example/cases/261123-000042-K",
)


@pytest.mark.parametrize(
    ("contact", "means", "to"),
    [
        (Contact(phone="01000000000"), ReplyBy.SMS, "01000000000"),
        (Contact(phone="021200000"), ReplyBy.SMS, None),
        (Contact(), ReplyBy.SMS, None),
        (Contact(email="a@b.example"), ReplyBy.EMAIL, "a@b.example"),
        (Contact(phone="01000000000"), ReplyBy.EMAIL, None),
        (Contact(phone="01000000000", email="a@b.example"), ReplyBy.PUSH, None),
        (Contact(phone="01000000000", email="a@b.example"), ReplyBy.THREAD, None),
    ],
)
def test_a_notice_goes_where_there_is_an_address(
    contact: Contact, means: ReplyBy, to: str | None
) -> None:
    """And nowhere else; the address of the page goes along."""
    composed = compose(NOTICE, Recipient(contact=contact, reply_by=means), means)
    assert (composed and composed.to) == to
    assert composed is None or NOTICE.url in composed.body


def test_the_page_is_the_last_means() -> None:
    """It needs no address."""
    assert ADAPTER.means == (ReplyBy.SMS, ReplyBy.EMAIL, ReplyBy.PAGE)

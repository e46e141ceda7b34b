"""From a form, or an officer's entry, to a submission."""

import json
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest

from adapters.channel import IntakeRecord
from adapters.web_form.normalise import normalise
from schema.codes import CaseKind, Channel, ReplyBy
from schema.forms import FormRefusedError, read_form
from schema.party import Person
from schema.quarantine import QuarantineReason, UnintelligibleError

ARRIVED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SAMPLES = files("adapters.web_form").joinpath("samples")
NUMBER = "261123-000042-K"


def record(body: bytes, *, kind: str = "form", number: str | None = NUMBER) -> IntakeRecord:
    """A record as intake hands it over."""
    return IntakeRecord(
        channel=Channel.WEB_FORM,
        kind=kind,
        external_id=NUMBER,
        revision=0,
        body=body,
        media_type="application/json",
        arrived_at=ARRIVED,
        receipt_number=number,
    )


def form(**fields: Any) -> IntakeRecord:
    """A form with these fields."""
    return record(json.dumps({"text": "가로등이 꺼졌어요", **fields}).encode())


def test_a_petition() -> None:
    """Everything that was filled in."""
    made = normalise(record(SAMPLES.joinpath("petition.json").read_bytes()))
    assert made.kind is CaseKind.PETITION
    assert made.text.splitlines()[1] == "아이들 학원 가는 길이라 걱정됩니다."
    assert (made.location.lat, made.location.long) == (37.5683, 126.9301)
    assert made.contact.phone == "01000000041"
    assert made.reply_by is ReplyBy.SMS
    assert made.consent is not None
    assert made.consent.items == ("name", "phone", "email")
    assert (made.submitted_at, made.receipt_number) == (ARRIVED, NUMBER)
    assert made.site == "https://city.example/petitions"
    assert made.entered_by is None


def test_a_proposal_with_a_field_nobody_knows() -> None:
    """It is kept."""
    made = normalise(record(SAMPLES.joinpath("proposal.json").read_bytes()))
    assert made.kind is CaseKind.PROPOSAL
    assert made.extra == {"campaign": "2026 가을 제안"}


def test_the_text_alone_is_a_petition() -> None:
    """Told on the page, in the language it was written in."""
    made = normalise(record(SAMPLES.joinpath("without_anything.json").read_bytes()))
    assert (made.reply_by, made.language) == (ReplyBy.PAGE, "en")


@pytest.mark.parametrize(
    ("contact", "asked", "reply_by"),
    [
        ({"phone": "010-0000-0000"}, None, ReplyBy.SMS),
        ({"email": "a@b.example"}, None, ReplyBy.EMAIL),
        ({"phone": "010-0000-0000", "email": "a@b.example"}, None, ReplyBy.SMS),
        ({"phone": "010-0000-0000", "email": "a@b.example"}, "email", ReplyBy.EMAIL),
        ({"phone": "010-0000-0000"}, "page", ReplyBy.PAGE),
        ({}, None, ReplyBy.PAGE),
    ],
)
def test_a_petitioner_is_told_as_asked_else_as_reachable(
    contact: dict[str, str], asked: str | None, reply_by: ReplyBy
) -> None:
    """The contact decides where nobody asked."""
    assert normalise(form(contact=contact, reply_by=asked)).reply_by is reply_by


@pytest.mark.parametrize(
    ("item", "kept", "hint"),
    [("zz99", None, "zz99"), ("AD09", None, "AD09"), ("가로등", None, "가로등"), ("", None, None)],
)
def test_an_item_that_nobody_handles_is_a_hint(
    item: str, kept: str | None, hint: str | None
) -> None:
    """A form with an old list of items loses no petition."""
    made = normalise(form(item=item))
    assert (made.item, made.channel_category) == (kept, hint)


def test_an_item_of_the_taxonomy_is_taken() -> None:
    """In either case of letters."""
    made = normalise(form(item="rd01"))
    assert (made.item, made.channel_category) == ("RD01", None)


def test_a_place_that_is_no_number_is_no_place() -> None:
    """NaN reaches no map and no table."""
    made = normalise(record(b'{"text": "x y z", "location": {"lat": NaN, "long": Infinity}}'))
    assert (made.location.lat, made.location.long) == (None, None)


def test_a_citizen_cannot_say_who_entered_the_form() -> None:
    """Only the desk can; elsewhere it is a field like any other unknown one."""
    made = normalise(form(entered_by="officer1", received_via="visit"))
    assert made.entered_by is None
    assert made.extra == {"entered_by": "officer1", "received_via": "visit"}


def test_an_officers_entry() -> None:
    """Who entered it and how it had come."""
    entry = {
        "form": {"text": "편지로 온 민원", "contact": {"name": "박민원"}},
        "entered_by": "officer1",
        "received_via": "letter",
        "received_at": "2026-11-20T14:00:00+09:00",
    }
    made = normalise(record(json.dumps(entry).encode(), kind="desk"))
    assert (made.text, made.entered_by) == ("편지로 온 민원", "officer1")
    assert made.extra == {"received_via": "letter", "received_at": "2026-11-20T05:00:00+00:00"}


def test_a_record_put_on_the_topic_by_a_city_system_needs_no_number() -> None:
    """One is allotted when it is registered."""
    made = normalise(record(b'{"text": "direct"}', number=None))
    assert made.receipt_number is None


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (record(b"{"), QuarantineReason.UNREADABLE_BODY),
        (record(b"{}"), QuarantineReason.MISSING_FIELD),
        (form(text="\u3164 \n."[:2]), QuarantineReason.NO_TEXT),
        (form(text="가" * 20_001), QuarantineReason.TEXT_TOO_LONG),
        (form(kind="opinion"), QuarantineReason.WRONG_FIELD),
        (
            form(attachments=[{"name": "a", "content_base64": "AA=="}]),
            QuarantineReason.MISSING_FIELD,
        ),
        (record(b'{"entered_by": "a"}', kind="desk"), QuarantineReason.MISSING_FIELD),
        (record(b"{}", kind="post"), QuarantineReason.WRONG_TYPE),
    ],
)
def test_what_cannot_be_understood_says_why(broken: IntakeRecord, reason: QuarantineReason) -> None:
    """A code, and a field to mend; none of the petitioner's words."""
    with pytest.raises(UnintelligibleError) as fault:
        normalise(broken)
    assert fault.value.reason is reason
    assert "가" not in fault.value.detail


def test_a_petition_of_many_by_its_representatives() -> None:
    """Households and signatures are kept as counts, the representatives by name (영 §8)."""
    made = normalise(
        form(
            party={
                "filed_as": "representative",
                "households": 7,
                "signatures": 12,
                "representatives": [{"name": "김대표", "phone": "010-0000-0042"}],
            }
        )
    )
    assert made.party.representatives == (Person(name="김대표", phone="01000000042"),)
    assert made.party.codes() == {
        "filed_as": "representative",
        "households": 7,
        "signatures": 12,
        "representatives": 1,
    }


@pytest.mark.parametrize(
    ("party", "word"),
    [
        ({"under_14": True}, "법정대리인"),
        ({"filed_as": "proxy"}, "누구를 대신해"),
        ({"filed_as": "representative", "representatives": [{"name": "가"}] * 4}, "3명"),
    ],
)
def test_a_party_that_is_not_whole_is_refused_with_what_to_do(
    party: dict[str, Any], word: str
) -> None:
    """A child's petition comes from the guardian (개인정보 보호법 §22의2), a proxy names whose it
    is, and at most three represent the others (영 §8①)."""
    with pytest.raises(FormRefusedError) as refused:
        read_form(json.dumps({"text": "신청합니다", "party": party}).encode())
    (fault,) = refused.value.faults
    assert fault.field == "party"
    assert word in fault.message_ko

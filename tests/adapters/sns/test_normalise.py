"""From what X and Meta send to one opinion, to a removal, or to none."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from adapters.channel import IntakeRecord
from adapters.sns.gateway import META, X, records_in
from adapters.sns.normalise import normalise
from schema.codes import CaseKind, Channel, ReplyBy
from schema.quarantine import NoPetitionError, QuarantineReason, UnintelligibleError
from schema.submission import RecordKind, Thread

ARRIVED = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
SAMPLES = files("adapters.sns").joinpath("samples")
DAY = Path(__file__).parents[3] / "samples" / "day.jsonl"
CITY_ON_X = "1700000000000000120"
CITY_PAGE = "100000000000120"


def sample(name: str) -> dict[str, Any]:
    """A recorded body."""
    found: dict[str, Any] = json.loads(SAMPLES.joinpath(name).read_bytes())
    return found


def record(kind: str, body: object, arrived_at: datetime = ARRIVED) -> IntakeRecord:
    """The one record that the gateway makes of `body`, as intake hands it over."""
    [(external_id, revision, part)] = records_in(kind, json.dumps(body).encode())
    return IntakeRecord(
        channel=Channel.SNS,
        kind=kind,
        external_id=external_id or "hash",
        revision=revision,
        body=part,
        media_type="application/json",
        arrived_at=arrived_at,
    )


def x_post(**fields: Any) -> IntakeRecord:
    """A post to the city with these fields of `data`; None takes one away."""
    body = sample("x_post.json")
    data = {**body["data"], **fields}
    return record(X, {**body, "data": {key: one for key, one in data.items() if one is not None}})


def comment(page: str = CITY_PAGE, **fields: Any) -> IntakeRecord:
    """A comment on the city's page with these fields of the change."""
    body = sample("meta_comment.json")
    body["entry"][0]["id"] = page
    value = body["entry"][0]["changes"][0]["value"] | fields
    body["entry"][0]["changes"][0]["value"] = {
        key: one for key, one in value.items() if one is not None
    }
    return record(META, body)


def test_a_post_on_x_is_a_public_opinion() -> None:
    """Answered under the post, by the account it spoke to; the mention itself is no text."""
    body = sample("x_post.json")
    made = normalise(record(X, body))
    post_id = body["data"]["id"]
    assert (made.kind, made.record, made.public) == (CaseKind.OPINION, RecordKind.FILED, True)
    assert made.text == body["data"]["text"].removeprefix("@seoul_demo ")
    assert made.thread == Thread(network="x", account=CITY_ON_X, post_id=post_id)
    assert made.contact.handle == body["includes"]["users"][0]["username"]
    assert (made.reply_by, made.external_id, made.revision) == (ReplyBy.THREAD, f"x:{post_id}", 0)


def test_a_comment_on_facebook_is_a_public_opinion() -> None:
    """Answered under the comment, by the page it stands on."""
    made = normalise(record(META, sample("meta_comment.json")))
    assert (made.kind, made.record, made.public) == (CaseKind.OPINION, RecordKind.FILED, True)
    assert made.text.startswith("홍대 걷고싶은거리")
    assert made.contact.handle == "ganada_s 시민"
    assert made.thread == Thread(network="facebook", account=CITY_PAGE, post_id="3305_558277424")
    assert made.external_id == "fb:3305_558277424"


def test_a_post_on_the_page_itself_is_answered_under_it() -> None:
    """A visitor's post has no comment id."""
    made = normalise(comment(item="post", comment_id=None))
    assert made.thread is not None
    assert made.thread.post_id == f"{CITY_PAGE}_3305"


@pytest.mark.parametrize(
    ("first", "edited", "network"),
    [
        ("x_post.json", "x_post_edited.json", X),
        ("meta_comment.json", "meta_comment_edited.json", META),
    ],
)
def test_an_edit_amends_the_same_petition(first: str, edited: str, network: str) -> None:
    """The same name, a later revision, the new words."""
    before = normalise(record(network, sample(first)))
    after = normalise(record(network, sample(edited)))
    assert after.record is RecordKind.AMENDED
    assert after.external_id == before.external_id
    assert after.revision > before.revision == 0
    assert "수정)" in after.text


def test_a_later_edit_of_a_comment_is_a_later_revision() -> None:
    """Facebook numbers no edits: their seconds do."""
    edits = [comment(verb="edited", created_time=at) for at in (1794953321, 1794953322, 1999999999)]
    revisions = [edit.revision for edit in edits]
    assert revisions == sorted(set(revisions))
    assert all(0 < revision < 10**9 for revision in revisions)


@pytest.mark.parametrize(
    ("name", "network", "external_id"),
    [
        ("x_deletion.json", X, "x:2122908819652762466"),
        ("meta_comment_removed.json", META, "fb:3305_558277424"),
    ],
)
def test_a_deletion_takes_the_petition_away(name: str, network: str, external_id: str) -> None:
    """It says nothing but whose words are gone."""
    made = normalise(record(network, sample(name)))
    assert (made.record, made.external_id, made.text) == (RecordKind.REMOVED, external_id, "")


def test_a_deleted_edit_is_found_by_its_own_id() -> None:
    """X deletes the last id of a post; every id it ever had is kept as an alias."""
    edited = sample("x_post_edited.json")["data"]
    made = normalise(record(X, sample("x_post_edited.json")))
    assert f"x:{edited['id']}" in made.aliases


CITY_ON_INSTAGRAM = "17841400000000120"


def on_instagram(
    field: str = "comments", account: str = CITY_ON_INSTAGRAM, **fields: Any
) -> IntakeRecord:
    """What Instagram tells, with these fields of the value; None takes one away."""
    name = "meta_instagram_mention.json" if field == "mentions" else "meta_instagram_comment.json"
    body = sample(name)
    body["entry"][0]["id"] = account
    change = body["entry"][0]["changes"][0]
    value = {**change["value"], **fields}
    change |= {"field": field, "value": {k: one for k, one in value.items() if one is not None}}
    return record(META, body)


def test_a_comment_on_instagram_is_a_public_opinion() -> None:
    """Answered under the comment; a mention in front is no text, though its handle has a point."""
    made = normalise(on_instagram())
    assert (made.kind, made.record, made.public) == (CaseKind.OPINION, RecordKind.FILED, True)
    assert made.text.startswith("한강공원 뚝섬")
    assert made.contact.handle == "dalbit_318"
    post_id = "17865799348089039"
    assert made.thread == Thread(network="instagram", account=CITY_ON_INSTAGRAM, post_id=post_id)
    assert (made.external_id, made.reply_by) == (f"ig:{post_id}", ReplyBy.THREAD)


def test_a_change_told_on_the_entry_itself_is_the_same() -> None:
    """As Instagram sends it where the app signs in by Instagram."""
    body = sample("meta_instagram_comment.json")
    [change] = body["entry"][0].pop("changes")
    body["entry"][0] |= change
    made, usual = normalise(record(META, body)), normalise(on_instagram())
    assert made.model_dump() == usual.model_dump()


def test_a_mention_elsewhere_is_an_opinion_whose_words_stand_there() -> None:
    """Instagram tells its ids alone: a person reads it, and it is answered as a mention."""
    made = normalise(on_instagram("mentions"))
    assert made.thread is not None
    assert made.thread.network == "instagram_mention"
    assert made.thread.post_id == "17918195224117999/17894227972186120"
    assert made.external_id == "ig:17894227972186120"
    assert "원문에서" in made.text


def test_a_comment_on_a_live_film_is_answered_on_the_page() -> None:
    """Nobody can reply to it where it stands."""
    made = normalise(on_instagram("live_comments"))
    assert (made.thread, made.record) == (None, RecordKind.FILED)


OUR_OWN_ON_INSTAGRAM: dict[str, Any] = {"from": {"id": CITY_ON_INSTAGRAM, "username": "seoul.demo"}}


@pytest.mark.parametrize(
    "without_a_petition",
    [
        on_instagram(**OUR_OWN_ON_INSTAGRAM),
        on_instagram("story_insights"),
    ],
    ids=["own comment", "figures"],
)
def test_instagram_tells_what_is_no_petition(without_a_petition: IntakeRecord) -> None:
    """Our own words, and figures of stories."""
    with pytest.raises(NoPetitionError):
        normalise(without_a_petition)


@pytest.mark.parametrize(
    ("strange", "reason"),
    [
        (on_instagram(account="9"), QuarantineReason.UNKNOWN_ACCOUNT),
        (on_instagram(text=None), QuarantineReason.NO_TEXT),
        (on_instagram(text="@seoul.demo "), QuarantineReason.NO_TEXT),
        (on_instagram(id=None), QuarantineReason.MISSING_FIELD),
        (on_instagram("mentions", media_id=None), QuarantineReason.MISSING_FIELD),
        (record(META, {"object": "instagram", "entry": []}), QuarantineReason.MISSING_FIELD),
    ],
)
def test_what_instagram_tells_amiss_says_why(
    strange: IntakeRecord, reason: QuarantineReason
) -> None:
    """With a code."""
    with pytest.raises(UnintelligibleError) as raised:
        normalise(strange)
    assert raised.value.reason is reason


def test_several_comments_of_one_delivery_are_records_of_their_own() -> None:
    """Each a body that Instagram could have sent, under its own name."""
    body = sample("meta_instagram_comment.json")
    other = json.loads(json.dumps(body["entry"][0]))
    other["changes"][0]["value"]["id"] = "17865799348089040"
    body["entry"].append(other)
    made = records_in(META, json.dumps(body).encode())
    assert [name for name, _, _ in made] == ["ig:17865799348089039", "ig:17865799348089040"]
    assert all(json.loads(part)["object"] == "instagram" for _, _, part in made)


OUR_OWN: dict[str, Any] = {"from": {"id": CITY_PAGE, "name": "서울시(시연)"}}


@pytest.mark.parametrize(
    "without_a_petition",
    [
        x_post(author_id=CITY_ON_X),
        x_post(referenced_tweets=[{"type": "retweeted", "id": "1"}]),
        comment(**OUR_OWN),
        record(META, sample("meta_like.json")),
    ],
    ids=["own post", "repost", "own comment", "like"],
)
def test_likes_reposts_and_our_own_words_are_no_petition(without_a_petition: IntakeRecord) -> None:
    """They are understood, and nothing comes of them."""
    with pytest.raises(NoPetitionError):
        normalise(without_a_petition)


def test_a_quote_with_words_of_its_own_is_a_petition() -> None:
    """Only the bare repost says nothing new."""
    made = normalise(x_post(referenced_tweets=[{"type": "quoted", "id": "1"}]))
    assert made.record is RecordKind.FILED


@pytest.mark.parametrize(
    ("strange", "reason"),
    [
        (x_post(entities={}), QuarantineReason.UNKNOWN_ACCOUNT),
        (x_post(entities={"mentions": [{"id": "7"}]}), QuarantineReason.UNKNOWN_ACCOUNT),
        (comment(page="9"), QuarantineReason.UNKNOWN_ACCOUNT),
        (
            record(X, {"for_user_id": "7", "tweet_delete_events": [{"status": {"id": "1"}}]}),
            QuarantineReason.UNKNOWN_ACCOUNT,
        ),
        (x_post(text="@seoul_demo "), QuarantineReason.NO_TEXT),
        (x_post(text=None), QuarantineReason.MISSING_FIELD),
        (x_post(created_at="1999-01-01T00:00:00.000Z"), QuarantineReason.TIME_IMPOSSIBLE),
        (x_post(created_at="2026-12-25T00:00:00.000Z"), QuarantineReason.TIME_IMPOSSIBLE),
        (comment(message=None), QuarantineReason.NO_TEXT),
        (comment(comment_id=None, post_id=None), QuarantineReason.MISSING_FIELD),
        (comment(created_time=10**15), QuarantineReason.WRONG_FIELD),
        (record(X, {"data": []}), QuarantineReason.WRONG_FIELD),
        (record(X, {}), QuarantineReason.MISSING_FIELD),
        (record(META, {"object": "page", "entry": []}), QuarantineReason.MISSING_FIELD),
        (record(META, [1]), QuarantineReason.WRONG_FIELD),
    ],
)
def test_what_cannot_be_understood_says_why(
    strange: IntakeRecord, reason: QuarantineReason
) -> None:
    """With a code, and none of the author's words."""
    with pytest.raises(UnintelligibleError) as raised:
        normalise(strange)
    assert raised.value.reason is reason
    assert "엘" not in raised.value.detail


def test_text_is_composed_and_keeps_its_later_mentions() -> None:
    """NFC; only what stands in front is an address."""
    made = normalise(
        x_post(text="@seoul_demo @dasan \u1100\u1161\u1105\u1169등, @friend 도 봤어요")
    )
    assert made.text == "가로등, @friend 도 봤어요"


def test_a_place_that_x_tells_is_kept() -> None:
    """GeoJSON puts the longitude first."""
    point = {"type": "Point", "coordinates": [126.978, 37.5665]}
    made = normalise(x_post(geo={"coordinates": point}))
    assert (made.location.lat, made.location.long) == (37.5665, 126.978)
    assert normalise(x_post(geo={"place_id": "c999e6a453e9ef72"})).location.lat is None


def of_the_day() -> Iterator[dict[str, Any]]:
    """What the networks send on the sample day."""
    for line in DAY.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        if entry["gateway"].startswith("/gateway/sns/"):
            yield entry


def became(entry: dict[str, Any]) -> str:
    """What a line of the day is understood as."""
    network = entry["gateway"].rpartition("/")[2]
    arrived = datetime.fromisoformat(entry["at"]).astimezone(UTC)
    try:
        made = normalise(record(network, entry["body"], arrived))
    except NoPetitionError:
        return "no_petition"
    except UnintelligibleError:
        return "quarantined"
    return "petition" if made.record is RecordKind.FILED else "changed"


@pytest.mark.parametrize("entry", of_the_day(), ids=lambda entry: str(entry["id"]))
def test_the_sample_day_is_understood(entry: dict[str, Any]) -> None:
    """Every line of both networks, as the day itself says."""
    expected = entry.get("expects", "petition").replace("delivered_before", "petition")
    if "signature" in entry:
        # The gateway refuses it for its signature; what it says would have been understood.
        assert expected == "refused"
        expected = "petition"
    assert became(entry) == expected

"""What is said under a post: it fits, it is whole, and it names nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.sns import ADAPTER
from adapters.sns.reply import (
    FACEBOOK_CHARACTERS,
    INSTAGRAM_CHARACTERS,
    X_WEIGHT,
    compose,
    graphemes,
    x_weight,
)
from schema.codes import ReplyBy
from schema.messages import Composed, NoticeText, Recipient
from schema.submission import Contact, Thread

URL = "https://minwon.example/cases/261123-000042-K"
POSTS = {
    "x": Thread(network="x", account="1700000000000000120", post_id="2122988335264927731"),
    "instagram": Thread(
        network="instagram", account="17841400000000120", post_id="17865799348089039"
    ),
    "facebook": Thread(network="facebook", account="100000000000120", post_id="3305_558277424"),
}
FAMILY = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
FLAG = "\U0001f1f0\U0001f1f7"
THUMB = "\U0001f44d\U0001f3fd"


def notice(public_body: str, url: str = URL) -> NoticeText:
    """A notice that says more in private."""
    return NoticeText(
        template="received_in_thread",
        subject="김민원님의 민원",
        body="김민원님, 010-0000-0317로 전화드리겠습니다.",
        public_body=public_body,
        url=f"{url}?key=3sXv9J1nqkT0bq6c2yQh8A",
        public_url=url,
    )


def composed(public_body: str, network: str) -> Composed:
    """The reply under a post of `network`."""
    to = Recipient(
        contact=Contact(name="김민원", handle="bomnal416"),
        reply_by=ReplyBy.THREAD,
        thread=POSTS[network],
    )
    made = compose(notice(public_body), to, ReplyBy.THREAD)
    assert made is not None
    return made


@pytest.mark.parametrize("network", POSTS)
def test_a_reply_goes_under_the_post_with_the_public_words_alone(network: str) -> None:
    """No name, no number, no key: everybody reads it."""
    made = composed("의견을 접수했습니다.", network)
    assert (made.to, made.thread) == (POSTS[network].post_id, POSTS[network])
    assert made.body == f"의견을 접수했습니다. {URL}"
    assert made.subject == ""


def test_an_address_that_stands_in_the_words_is_said_once() -> None:
    """At the end."""
    made = composed(f"접수했습니다.\n{URL}\n감사합니다.", "x")
    assert made.body == f"접수했습니다. 감사합니다. {URL}"


@pytest.mark.parametrize("means", [one for one in ReplyBy if one is not ReplyBy.THREAD])
def test_only_a_thread_is_replied_to(means: ReplyBy) -> None:
    """The page tells the rest."""
    to = Recipient(contact=Contact(), reply_by=ReplyBy.THREAD, thread=POSTS["x"])
    assert compose(notice("접수했습니다."), to, means) is None


def test_without_a_post_there_is_no_reply() -> None:
    """And the page is the means after the thread."""
    to = Recipient(contact=Contact(), reply_by=ReplyBy.THREAD)
    assert compose(notice("접수했습니다."), to, ReplyBy.THREAD) is None
    assert ADAPTER.means == (ReplyBy.THREAD, ReplyBy.PAGE)


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("", 0),
        ("a" * 280, 280),
        ("가" * 140, 280),
        ("\u1100\u1161", 2),
        ("cafe\u0301", 4),
        ("‘’“”…", 6),
        (URL, 23),
        ("http://a.kr", 23),
        (f"{URL}에서", 27),
        (f"가 {URL} 나", 29),
        (f"({URL}).", 26),
        ("seoul.go.kr에서", 27),
    ],
)
def test_lengths_are_counted_as_x_counts_them(text: str, weight: int) -> None:
    """NFC; Korean counts twice, every address 23, and a particle behind it by itself."""
    assert x_weight(text) == weight


LETTERS = st.one_of(
    st.characters(exclude_categories=["Cs", "Cc"]),
    st.sampled_from(["가", " ", "a", "\u0301", FAMILY, FLAG, THUMB, "\u1100\u1161\u11a8"]),
)
WORDS = st.lists(LETTERS, max_size=400).map("".join)
PUBLIC = st.one_of(WORDS, WORDS.map(lambda words: f"{words} https://a.kr/b{words}"))


@given(PUBLIC)
def test_every_reply_on_x_fits_and_keeps_its_address(public_body: str) -> None:
    """Whatever is said."""
    body = composed(public_body, "x").body
    assert x_weight(body) <= X_WEIGHT
    assert body.endswith(URL)


@given(WORDS.map(lambda words: words * 40))
def test_every_reply_on_facebook_fits_and_keeps_its_address(public_body: str) -> None:
    """Whatever is said."""
    body = composed(public_body, "facebook").body
    assert len(body) <= FACEBOOK_CHARACTERS
    assert body.endswith(URL)


@given(PUBLIC)
def test_every_reply_on_instagram_fits_and_keeps_its_address(public_body: str) -> None:
    """300 characters, and one address."""
    body = composed(public_body, "instagram").body
    assert len(body) <= INSTAGRAM_CHARACTERS
    assert body.endswith(URL)


@given(st.integers(0, 3), st.sampled_from([FAMILY, FLAG, THUMB, "e\u0301", "가\u0323"]))
def test_no_letter_is_cut_in_two(spaces: int, letter: str) -> None:
    """A family stays a family, at every place where the cut may fall."""
    body = composed("a" * spaces + letter * 300, "x").body
    words = body.removesuffix(URL).rstrip().removesuffix("…").removeprefix("a" * spaces)
    assert letter in words
    assert words.replace(letter, "") == ""


@given(WORDS)
def test_letters_put_together_are_the_text(text: str) -> None:
    """Nothing is lost between them."""
    assert "".join(graphemes(text)) == text


def test_letters_are_what_people_see() -> None:
    """One each, however many code points they have."""
    seen = [FAMILY, FLAG, FLAG, THUMB, "e\u0301", "1\ufe0f\u20e3", "\u1100\u1161\u11a8", "가"]
    assert graphemes("".join(seen)) == seen

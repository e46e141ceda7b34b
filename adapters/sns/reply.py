"""What is said under a post: public words only, within the network's length as it counts it."""

import re
import unicodedata
from collections.abc import Callable

from schema.codes import ReplyBy
from schema.messages import Composed, NoticeText, Recipient

MEANS = (ReplyBy.THREAD, ReplyBy.PAGE)
X_WEIGHT = 280
X_URL_WEIGHT = 23
FACEBOOK_CHARACTERS = 8_000
INSTAGRAM_CHARACTERS = 300
"""Of a comment, with one address at most (reference of IG media comments)."""
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that X counts once; every other counts twice (twitter-text v3 configuration)."""

_PATH = r"(?:[/?#](?:[!-~]*[A-Za-z0-9/=_#-])?)?"
_URL = re.compile(rf"https?://[A-Za-z0-9.:-]*[A-Za-z0-9]{_PATH}")
"""Ends at the first Korean letter, as X's does: a particle is often written right behind it."""
_BARE_ADDRESS = re.compile(rf"(?:[A-Za-z0-9-]+\.)+[A-Za-z]{{2,}}{_PATH}")
"""X links these too, where it knows the last name; we count the longer of both."""
_ELLIPSIS = "…"


def compose(notice: NoticeText, recipient: Recipient, means: ReplyBy) -> Composed | None:
    """The notice for the thread; None without one. Nothing personal is in it."""
    if means is not ReplyBy.THREAD or recipient.thread is None:
        return None
    network = recipient.thread.network
    words = " ".join(notice.public_body.replace(notice.public_url, " ").split())
    if network == "x":
        body = _fitted(words, notice.public_url, x_weight, X_WEIGHT)
    else:
        most = FACEBOOK_CHARACTERS if network == "facebook" else INSTAGRAM_CHARACTERS
        body = _fitted(words, notice.public_url, len, most)
    return Composed(to=recipient.thread.post_id, body=body, thread=recipient.thread)


def x_weight(text: str) -> int:
    """The length of `text` as X counts it, or a little more: NFC, addresses 23, heavy letters 2."""
    normal = unicodedata.normalize("NFC", text)
    rest, addresses = _URL.subn(" ", normal)
    bare = sum(max(X_URL_WEIGHT - len(one), 0) for one in _BARE_ADDRESS.findall(rest))
    return addresses * (X_URL_WEIGHT - 1) + bare + sum(_weight(letter) for letter in rest)


def _weight(letter: str) -> int:
    return 1 if any(first <= ord(letter) <= last for first, last in LIGHT) else 2


def _fitted(words: str, url: str, length: Callable[[str], int], most: int) -> str:
    tail = f" {url}" if url else ""
    whole = words + tail
    if length(whole) <= most:
        return whole.strip()
    kept = ""
    for cluster in graphemes(words):
        if length(kept + cluster + _ELLIPSIS + tail) > most:
            break
        kept += cluster
    return f"{kept.rstrip()}{_ELLIPSIS}{tail}"


def graphemes(text: str) -> list[str]:
    """The letters of `text` as people see them: marks and joined or coloured emoji stay whole."""
    found: list[str] = []
    for letter in text:
        if found and _continues(found[-1], letter):
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _continues(before: str, letter: str) -> bool:
    joins = unicodedata.category(letter)[0] == "M" or letter == "\u200d"
    tone = "\U0001f3fb" <= letter <= "\U0001f3ff" or "\U000e0020" <= letter <= "\U000e007f"
    flag = _is_flag_half(letter) and len(before) == 1 and _is_flag_half(before)
    return bool(joins or tone or before.endswith("\u200d") or flag or _is_vowel(letter))


def _is_flag_half(letter: str) -> bool:
    return "\U0001f1e6" <= letter <= "\U0001f1ff"


def _is_vowel(letter: str) -> bool:
    """A Hangul jungseong or jongseong follows its choseong."""
    return "\u1160" <= letter <= "\u11ff"

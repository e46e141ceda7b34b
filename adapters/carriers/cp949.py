"""Text that a Korean telephone can show: CP949, counted in its bytes, never cut inside a letter."""

import re
import unicodedata

_SPELLED = {
    "\u00a0": " ",
    "\u2010": "-",
    "\u2011": "-",
    "\u2012": "-",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u2022": "·",
    "\u2027": "·",
    "\u22c5": "·",
    "\u30fb": "·",
    "\u20a9": "￦",
    "\u2713": "√",
    "\u2714": "√",
    "\u2705": "√",
    "\u2757": "!",
    "\u2753": "?",
    "\u2764": "♥",
    "\U0001f600": "^^",
    "\U0001f603": "^^",
    "\U0001f604": "^^",
    "\U0001f60a": "^^",
    "\U0001f642": "^^",
    "\U0001f622": "ㅠㅠ",
    "\U0001f62d": "ㅠㅠ",
    "\U0001f64f": "(감사)",
    "\U0001f44d": "(좋아요)",
    "\U0001f4de": "☎",
    "\U0001f4cd": "▶",
}
"""What stands for a common sign that CP949 lacks. Other pictures are left out, as is their tint."""

_JOINERS = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
UNKNOWN = "?"
ELLIPSIS = "…"


def _is_in_cp949(text: str) -> bool:
    try:
        text.encode("cp949")
    except UnicodeEncodeError:
        return False
    return True


def _spelled(ch: str) -> str:
    if ch in "\n\t" or (_is_in_cp949(ch) and unicodedata.category(ch) != "Cc"):
        return ch
    if ch in _SPELLED:
        return _SPELLED[ch]
    plain = "".join(
        part for part in unicodedata.normalize("NFKD", ch) if not unicodedata.combining(part)
    )
    plain = unicodedata.normalize("NFC", plain)
    if plain and plain != ch and _is_in_cp949(plain):
        return plain
    return UNKNOWN if unicodedata.category(ch)[0] in "LN" else ""


def in_cp949(text: str) -> str:
    """`text` in letters that CP949 has: accents dropped, pictures spelled or left out, else `?`."""
    composed = _JOINERS.sub("", unicodedata.normalize("NFC", text))
    return "".join(map(_spelled, composed))


def cp949_bytes(text: str) -> int:
    """How many bytes a carrier counts for `text`, which has been through `in_cp949`."""
    return len(text.encode("cp949"))


def cut_to_bytes(text: str, limit: int) -> str:
    """`text` where it fits `limit` bytes, else its longest beginning that fits with an ellipsis."""
    if cp949_bytes(text) <= limit:
        return text
    kept = text.encode("cp949")[: max(limit - cp949_bytes(ELLIPSIS), 0)]
    return kept.decode("cp949", errors="ignore").rstrip() + ELLIPSIS

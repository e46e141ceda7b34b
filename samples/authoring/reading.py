"""Reads the texts written by hand: what was said, where, and what it is about."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LANGUAGES = {"e": "en", "zh": "zh", "ja": "ja", "vi": "vi", "ru": "ru"}
LONG = 700


@dataclass(frozen=True)
class Written:
    """One text with its item, district and place in words. `words` are the flags, split."""

    leaf: str
    district: str | None
    place: str
    text: str
    words: tuple[str, ...] = ()

    @property
    def flags(self) -> frozenset[str]:
        """The one-letter flags of a web text; a language of two letters is none of them."""
        return frozenset("".join(word for word in self.words if word not in LANGUAGES))

    @property
    def language(self) -> str | None:
        """The language the petitioner chose, where it is not Korean."""
        for word in self.words:
            if word in LANGUAGES:
                return LANGUAGES[word]
        return None

    @property
    def long(self) -> bool:
        """True for a text that needs no photo to be large."""
        return len(self.text) > LONG


def _words(flags: str) -> tuple[str, ...]:
    return tuple(word for word in flags.split(",") if word and word != "-")


def _rows(file: Path) -> Iterator[tuple[str | None, str]]:
    district: str | None = None
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("=="):
            district = line[2:] if line != "==-" else None
        elif line and not line.startswith("#"):
            yield district, line


def lines(file: Path, *, place: bool = True, last: str = "") -> Iterator[tuple[Written, str]]:
    """Texts of one line each, with what stands in the column `last` where there is one."""
    for district, line in _rows(file):
        head, *columns = line.split("|")
        leaf, _, flags = head.partition(" ")
        where = columns.pop(0) if place else ""
        text = columns.pop(0)
        words = _words(flags) if "," in flags else _words(",".join(_split(flags)))
        yield Written(leaf, district, where, text, words), columns[0] if last else ""


def _split(flags: str) -> list[str]:
    """Flags without commas: `p2`, `x0`, `k:name` are one word, `pn` is two letters."""
    if flags[:2] in {"x0", "xs", "xb", "k:"} or (flags[:1] == "p" and flags[1:].isdigit()):
        return flags.split()
    return list(flags)


def blocks(file: Path) -> Iterator[Written]:
    """Texts of several lines, between lines of three dashes."""
    for block in file.read_text(encoding="utf-8").split("\n---\n"):
        body = "\n".join(line for line in block.splitlines() if not line.startswith("# "))
        head, _, text = body.strip().partition("\n")
        told, _, where = head.partition("|")
        leaf, district, flags = told.split()
        words = _block_words(flags)
        yield Written(leaf, None if district == "-" else district, where, text.strip(), words)


def _block_words(flags: str) -> tuple[str, ...]:
    for language in LANGUAGES:
        if flags.startswith(language):
            return (language, *flags.removeprefix(language))
    return tuple(flag for flag in flags if flag != "-")


@dataclass(frozen=True)
class Post:
    """One line about a network: a post of a citizen, or what happened to one."""

    kind: str
    network: str
    key: str
    written: Written


def sns_lines(file: Path) -> Iterator[Post]:
    """Posts first, then edits, deletions, reposts, likes and the city's own."""
    for section, line in _rows(file):
        if section and section.startswith("@"):
            network, *columns = line.split("|")
            key = columns[0] if section in {"@edits", "@deletes"} else ""
            text = columns[-1] if section not in {"@deletes", "@like"} else ""
            yield Post(section[1:], network, key, Written("", None, "", text))
            continue
        head, network, text = line.split("|", 2)
        leaf, _, flags = head.partition(" ")
        key = flags.removeprefix("k:") if flags.startswith("k:") else ""
        yield Post("post", network, key, Written(leaf, section, "", text))

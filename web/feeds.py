"""Feeds as documents: Atom (RFC 4287) and RSS 2.0, written by a parser's own writer.

A feed says once what it is and lists entries; whoever calls decides what may be told.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.etree import ElementTree

ATOM = "http://www.w3.org/2005/Atom"
GEORSS = "http://www.georss.org/georss"
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Entry:
    """One case in a feed. `point` is the middle of its cell, never the place itself."""

    link: str
    title: str
    words: str
    category: str | None
    published: datetime
    updated: datetime
    point: tuple[float, float] | None = None


@dataclass(frozen=True)
class Feed:
    """What a feed is; `own` is its address, `page` the page it stands for."""

    own: str
    page: str
    title: str
    lead: str
    author: str
    language: str
    updated: datetime
    entries: Sequence[Entry]


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    names = {"xmlns": ATOM, "xmlns:georss": GEORSS, "xml:lang": feed.language}
    root = ElementTree.Element("feed", names)
    _put(root, "id", feed.own)
    _put(root, "title", feed.title)
    _put(root, "subtitle", feed.lead)
    _put(root, "updated", feed.updated.isoformat())
    _put(root, "link", rel="self", type="application/atom+xml", href=feed.own)
    _put(root, "link", rel="alternate", type="text/html", href=feed.page)
    _put(_put(root, "author"), "name", feed.author)
    for entry in feed.entries:
        item = _put(root, "entry")
        _put(item, "id", entry.link)
        _put(item, "title", entry.title)
        _put(item, "link", rel="alternate", type="text/html", href=entry.link)
        _put(item, "published", entry.published.isoformat())
        _put(item, "updated", entry.updated.isoformat())
        if entry.category:
            _put(item, "category", term=_clean(entry.category))
        _put(item, "summary", entry.words, type="text")
        _place(item, entry)
    return _document(root)


def rss(feed: Feed) -> bytes:
    """The feed as RSS 2.0, with the link to itself that readers ask for."""
    root = ElementTree.Element(
        "rss", {"version": "2.0", "xmlns:atom": ATOM, "xmlns:georss": GEORSS}
    )
    channel = ElementTree.SubElement(root, "channel")
    _put(channel, "title", feed.title)
    _put(channel, "link", feed.page)
    _put(channel, "description", feed.lead)
    _put(channel, "language", feed.language)
    _put(channel, "lastBuildDate", format_datetime(feed.updated))
    _put(channel, "atom:link", rel="self", type="application/rss+xml", href=feed.own)
    for entry in feed.entries:
        item = ElementTree.SubElement(channel, "item")
        _put(item, "title", entry.title)
        _put(item, "link", entry.link)
        _put(item, "guid", entry.link).set("isPermaLink", "true")
        _put(item, "pubDate", format_datetime(entry.published))
        if entry.category:
            _put(item, "category", entry.category)
        _put(item, "description", entry.words)
        _place(item, entry)
    return _document(root)


def _clean(words: str) -> str:
    """Without what XML cannot carry: control characters, halves of surrogates."""
    return _NOT_XML.sub("", words)


def _put(
    parent: ElementTree.Element, name: str, words: str = "", **attributes: str
) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name, attributes)
    made.text = _clean(words) or None
    return made


def _place(item: ElementTree.Element, entry: Entry) -> None:
    if entry.point is not None:
        made = ElementTree.SubElement(item, "georss:point")
        made.text = f"{entry.point[0]} {entry.point[1]}"


def _document(root: ElementTree.Element) -> bytes:
    written: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written

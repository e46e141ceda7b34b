"""On which line of a TOML document a value stands: TOML's reader does not say."""

import re
from collections.abc import Iterator, Sequence

_HEADER = re.compile(r"\s*(\[\[?)([^\[\]]+)\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*(\"[^\"]+\"|[\w.-]+)\s*=")
_ENTRY = re.compile(r"\s*\{")

Path = tuple[str, ...]


def line_of(document: str, place: Sequence[str | int]) -> int | None:
    """The line of what is at `place`, or of the nearest thing around it that has a line."""
    wanted = tuple(map(str, place))
    best, found = 0, None
    for number, path in _paths(document):
        if len(path) > best and path == wanted[: len(path)]:
            best, found = len(path), number
    return found


def _paths(document: str) -> Iterator[tuple[int, Path]]:
    """Every line that begins something, with the place of what it begins."""
    counts: dict[Path, int] = {}
    table: Path = ()
    key: Path = ()
    entry = 0
    for number, line in enumerate(document.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = key = _table(header[2], counts, array=header[1] == "[[")
            yield number, table
        elif begun := _KEY.match(line):
            key, entry = (*table, begun[1].strip('"')), 0
            yield number, key
        elif _ENTRY.match(line):
            yield number, (*key, str(entry))
            entry += 1


def _table(name: str, counts: dict[Path, int], *, array: bool) -> Path:
    """The place of a table, with the index of each array of tables that it lies in."""
    path: Path = ()
    parts = [part.strip().strip('"') for part in name.split(".")]
    for part in parts[:-1]:
        path = (*path, part)
        if path in counts:
            path = (*path, str(counts[path]))
    path = (*path, parts[-1])
    if not array:
        return path
    counts[path] = counts.get(path, -1) + 1
    return (*path, str(counts[path]))

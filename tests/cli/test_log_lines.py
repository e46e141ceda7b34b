"""What `minwon up` shows of a role's log is readable, and not said over and over."""

import json

import pytest

from cli.log_lines import QUIET_SECONDS, LogLines


def entry(**fields: object) -> str:
    return json.dumps({"role": "relay", "level": "info", "timestamp": "x", **fields})


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (entry(event="cases resumed", cases=3), "cases resumed (cases=3)"),
        (entry(event="relay waits", level="warning"), "warning: relay waits"),
        (entry(event="failed", level="error", exception="Trace"), "error: failed\nTrace"),
        ("outside http://127.0.0.1:1", "outside http://127.0.0.1:1"),
        ('["a", "list"]', '["a", "list"]'),
        ("7", "7"),
    ],
)
def test_a_line_is_shown_in_words(line: str, shown: str) -> None:
    """Event first, its fields after it, the level where it is not the usual one."""
    assert LogLines().readable(line, now=0) == shown


def test_the_same_line_is_shown_again_only_after_a_while() -> None:
    """A client that cannot connect says so ten times a second; once in ten seconds is enough."""
    lines = LogLines()
    waits = entry(event="relay waits")
    moments = (0, 1, QUIET_SECONDS - 0.1, QUIET_SECONDS)
    shown = [lines.readable(waits, now=now) is not None for now in moments]
    assert shown == [True, False, False, True]


def test_another_line_is_shown_at_once() -> None:
    """Only the very same is held back."""
    lines = LogLines()
    first = lines.readable(entry(event="one", case=1), now=0)
    second = lines.readable(entry(event="one", case=2), now=0)
    assert (first, second) == ("one (case=1)", "one (case=2)")


def test_what_is_no_log_entry_is_shown_each_time() -> None:
    """A table has equal lines: none may be missing."""
    lines = LogLines()
    assert [lines.readable("├──┤", now=0) for _ in range(2)] == ["├──┤", "├──┤"]

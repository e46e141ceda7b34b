"""The words of the pages."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rules.escalation import read_escalation
from rules.transitions import TRANSITIONS
from schema.codes import (
    Action,
    Channel,
    EventKind,
    PetitionType,
    ReplyBy,
    Role,
    State,
    TextKind,
    TimerKind,
)
from schema.forms import ReceivedVia
from schema.grounds import ClosedFor, Relation
from schema.quarantine import QuarantineReason
from web.officer.effects import GROUPS, MOVES_THE_CLOCK, Group, effect_of
from web.wording import Language, Wording, texts

WEB = Path(__file__).parents[2] / "web"
KO, EN = Wording(Language.KO), Wording(Language.EN)


def test_every_text_has_both_languages() -> None:
    """No text is empty in one of the languages."""
    lacking = [key for key, words in texts().items() if not all(words.values())]
    assert not lacking


def test_both_languages_fill_in_the_same_names() -> None:
    """A text asks for the same values whichever language it is shown in."""
    names = re.compile(r"\{(\w+)")
    unlike = [
        key
        for key, words in texts().items()
        if set(names.findall(words[Language.KO])) != set(names.findall(words[Language.EN]))
    ]
    assert not unlike


def _named_in_templates() -> set[str]:
    named = re.compile(r"""\bt\(["']([a-z_]+\.[a-z0-9_]+)["'][,)]""")
    sources = [*WEB.rglob("*.html"), *WEB.rglob("*.py")]
    return {key for source in sources for key in named.findall(source.read_text("utf-8"))}


def test_every_text_that_a_page_names_is_in_the_table() -> None:
    """A page never asks for a text that is not there."""
    assert _named_in_templates()
    assert not _named_in_templates() - texts().keys()


@pytest.mark.parametrize(
    ("group", "codes"),
    [
        ("event", EventKind),
        ("channel", Channel),
        ("role", Role),
        ("means", ReplyBy),
        ("timer", TimerKind),
        ("via", ReceivedVia),
        ("quarantine_reason", QuarantineReason),
        ("petition_type", PetitionType),
        ("text_kind", TextKind),
        ("closed_for", ClosedFor),
        ("next", State),
        ("act_group", Group),
    ],
)
def test_every_code_has_its_words(group: str, codes: type) -> None:
    """Whatever a page shows by its code is in the table."""
    assert not [code for code in codes if not KO.has(f"{group}.{code}")]  # type: ignore[attr-defined]


def test_every_recipient_of_a_rung_has_its_words() -> None:
    """Whom the ladders tell is said in words on the timeline."""
    told = {rung.to for ladder in read_escalation().ladder for rung in ladder.rung}
    assert not [to for to in told if not KO.has(f"rung.{to}")]


def test_every_relation_is_said_from_both_sides() -> None:
    """The earlier case names the later one, and the later one the earlier."""
    keys = [f"relation.{one}_{way}" for one in Relation for way in ("from", "to")]
    assert not [key for key in keys if not KO.has(key)]


def test_every_act_of_staff_stands_in_one_group() -> None:
    """An act added to the table is found on the page, and once."""
    grouped = [action for actions in GROUPS.values() for action in actions]
    staff = set(Role) - {Role.CITIZEN, Role.SYSTEM, Role.CHANNEL}
    acts = {row.action for row in TRANSITIONS.values() if row.roles & staff}
    assert len(grouped) == len(set(grouped))
    assert set(grouped) == acts


def test_what_moves_the_clock_says_so_beforehand() -> None:
    """Every step of staff that touches time has a line for it; a comment moves none."""
    assert not [action for action in MOVES_THE_CLOCK if not KO.has(str(effect_of(action)))]
    assert effect_of(Action.COMMENT) == "effect.none"


def test_a_code_newer_than_the_table_is_shown_as_it_is() -> None:
    """A new code never breaks a page."""
    assert KO.code("event", "teleported") == "teleported"


@pytest.mark.parametrize(
    ("minutes", "korean", "english"),
    [
        (0, "0분 남음", "0 min left"),
        (59, "59분 남음", "59 min left"),
        (60, "1시간 남음", "1 h left"),
        (61, "1시간 1분 남음", "1 h 1 min left"),
        (24 * 60 + 5, "1일 남음", "1 d left"),
        (50 * 60, "2일 2시간 남음", "2 d 2 h left"),
        (-90, "1시간 30분 지남", "1 h 30 min overdue"),
    ],
)
def test_what_is_left_is_said_in_two_units(minutes: int, korean: str, english: str) -> None:
    """Officers read at a glance how long there is, or how long it is over."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    due = now + timedelta(minutes=minutes)
    assert (KO.left(due, now), EN.left(due, now)) == (korean, english)


def test_instants_are_shown_in_seoul() -> None:
    """16:30 UTC is half past one of the next day in Seoul."""
    at = datetime(2026, 2, 15, 16, 30, tzinfo=UTC)
    assert KO.when(at) == "2026. 2. 16.(월) 01:30"
    assert EN.when(at) == "Mon 16 Feb 2026, 01:30"


def test_an_unknown_department_is_shown_by_its_code() -> None:
    """A department that the data no longer knows does not break the page of an old case."""
    assert KO.department("9999999.gone") == "9999999.gone"
    assert KO.phone("9999999.gone") is None

"""`minwon deadlines FILE`: what it prints, what it compares, and what it says of bad input."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli.deadlines import run_deadlines

WORKED = Path(__file__).parents[1] / "rules" / "data" / "worked_deadlines.json"
CASE: dict[str, Any] = {
    "id": "A",
    "clock": "petition",
    "petition_type": "grievance",
    "period": {"unit": "days", "amount": 7},
    "received_at": "2026-03-10T10:00:00+09:00",
    "events": [],
    "expected_due_at": "2026-03-18T23:59:59+09:00",
    "expected_refused": [],
}


EXTENSION = {"type": "extend", "at": "2026-03-12T10:00:00+09:00", "days": 3}


def written(tmp_path: Path, cases: object) -> Path:
    """A file with the cases as JSON."""
    file = tmp_path / "cases.json"
    file.write_text(json.dumps(cases), encoding="utf-8")
    return file


def test_the_program_agrees_with_every_worked_deadline(tmp_path: Path) -> None:
    """As it is called from a shell, with no server anywhere: a JSON list, and exit code 0."""
    ran = subprocess.run(
        [sys.executable, "-m", "cli", "deadlines", str(WORKED)],
        capture_output=True,
        text=True,
        check=False,
    )
    printed = json.loads(ran.stdout)
    expected = json.loads(WORKED.read_text(encoding="utf-8"))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert [one["id"] for one in printed] == [one["id"] for one in expected]
    assert [one["due_at"] for one in printed] == [one["expected_due_at"] for one in expected]
    assert all(set(one) == {"id", "due_at", "refused", "steps"} for one in printed)
    assert all(step["ko"] and step["en"] for one in printed for step in one["steps"])


def test_what_else_a_file_says_is_let_through(tmp_path: Path) -> None:
    """Notes beside the fields, as the worked deadlines have them, and a mark at the beginning."""
    case = {**CASE, "note": "by hand", "events": [{**EXTENSION, "by": "kim", "reason": "x"}]}
    case["expected_due_at"] = "2026-03-23T23:59:59+09:00"
    file = tmp_path / "cases.json"
    file.write_text(json.dumps([case]), encoding="utf-8-sig")
    assert run_deadlines(file) == 0


def test_an_open_supplement_is_printed_as_null(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And null may be expected."""
    asked = {"type": "supplement_request", "at": "2026-03-12T11:00:00+09:00"}
    case = {**CASE, "events": [asked], "expected_due_at": None}
    assert run_deadlines(written(tmp_path, [case])) == 0
    assert json.loads(capsys.readouterr().out)[0]["due_at"] is None


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"expected_due_at": "2026-03-19T23:59:59+09:00"}, "A: due 2026-03-18T23:59:59+09:00"),
        ({"expected_due_at": None}, "A: due 2026-03-18T23:59:59+09:00, not None"),
        ({"expected_refused": [0]}, "A: refused [], not [0]"),
    ],
)
def test_a_difference_is_told_on_stderr_and_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any], told: str
) -> None:
    """The list is printed all the same."""
    assert run_deadlines(written(tmp_path, [{**CASE, **wrong}])) == 1
    printed = capsys.readouterr()
    assert told in printed.err
    assert json.loads(printed.out)[0]["id"] == "A"


def test_the_same_instant_in_another_zone_is_no_difference(tmp_path: Path) -> None:
    """14:59:59 UTC is 23:59:59 in Seoul."""
    case = {**CASE, "expected_due_at": "2026-03-18T14:59:59Z"}
    assert run_deadlines(written(tmp_path, [case])) == 0


def test_without_expectations_nothing_is_compared(tmp_path: Path) -> None:
    """FILE may be a list of questions only; `events` may be absent."""
    case = {
        key: value
        for key, value in CASE.items()
        if key != "events" and not key.startswith("expected")
    }
    assert run_deadlines(written(tmp_path, [case])) == 0
    assert run_deadlines(written(tmp_path, [])) == 0


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ({}, "must hold a JSON list"),
        (["text"], "item 0"),
        ([{**CASE, "clock": "sundial"}], "item 0 (A): clock"),
        ([{**CASE, "petition_type": "wish"}], "item 0 (A): petition_type"),
        ([{**CASE, "received_at": "2026-03-10T10:00:00"}], "item 0 (A): received_at"),
        ([{**CASE, "received_at": "soon"}], "item 0 (A): received_at"),
        ([CASE, {"id": "B"}], "item 1 (B): clock"),
        ([{**CASE, "id": None}], "item 0 (None): id"),
        ([{**CASE, "period": {"unit": "days"}}], "item 0 (A): period.amount"),
        ([{**CASE, "period": {"unit": "days", "amount": 0}}], "item 0 (A): period.amount"),
        ([{**CASE, "period": {"unit": "moons", "amount": 1}}], "item 0 (A): period.unit"),
        ([{**CASE, "events": [{"type": "prayer"}]}], "item 0 (A): events.0"),
        ([{**CASE, "events": [{"type": "extend", "days": 3}]}], "events.0.extend.at"),
        ([{**CASE, "events": "none"}], "item 0 (A): events"),
        (
            [
                {
                    **CASE,
                    "events": [
                        {
                            "type": "outage",
                            "start": "2026-06-12T00:00:00+09:00",
                            "end": "2026-06-11T00:00:00+09:00",
                        }
                    ],
                }
            ],
            "end lies before start",
        ),
        (
            [
                {
                    **CASE,
                    "events": [
                        {
                            "type": "outage",
                            "start": "2026-06-12T00:00:00+09:00",
                            "end": "9999-12-30T00:00:00+09:00",
                        }
                    ],
                }
            ],
            "item 0 (A): the calendar covers 2016 to 2036, not 9999",
        ),
        (
            [{**CASE, "events": [{"type": "holiday_declared", "date": "2050-01-01"}]}],
            "item 0 (A): the calendar covers 2016 to 2036, not 2050",
        ),
        ([{**CASE, "received_at": "1999-03-10T10:00:00+09:00"}], "item 0 (A): the calendar"),
        ([{**CASE, "received_at": "0001-01-01T00:00:00+09:00"}], "item 0 (A)"),
        ([{**CASE, "period": {"unit": "years", "amount": 9999}}], "item 0 (A)"),
        ([{**CASE, "period": {"unit": "weeks", "amount": 10000}}], "item 0 (A)"),
        ([{**CASE, "expected_due_at": "tomorrow"}], "item 0 (A): expected_due_at"),
        ([{**CASE, "expected_due_at": "2026-03-18"}], "item 0 (A): expected_due_at"),
        (
            [{**{k: v for k, v in CASE.items() if k != "events"}, "event": []}],
            "«event» is no field; «events» is",
        ),
        (
            [{**CASE, "events": [{**EXTENSION, "reasoncode": "absence"}]}],
            "events.0: «reasoncode» is no field; «reason_code» is",
        ),
    ],
)
def test_bad_input_is_one_sentence_that_names_item_and_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], cases: object, told: str
) -> None:
    """Exit code 2, nothing on stdout, one line on stderr, never a traceback."""
    assert run_deadlines(written(tmp_path, cases)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert told in printed.err
    assert printed.err.count("\n") == 1


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe[]", b"[1, 2,"])
def test_a_file_that_is_no_json_is_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    """So is one that is not there."""
    file = tmp_path / "broken.json"
    file.write_bytes(content)
    assert run_deadlines(file) == 2
    assert run_deadlines(tmp_path / "absent.json") == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "broken.json" in lines[0]
    assert "absent.json" in lines[1]

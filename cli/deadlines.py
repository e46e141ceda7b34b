"""`minwon deadlines FILE`: deadlines by the law, without any server."""

import json
import sys
from collections.abc import Iterable
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from rules.calendar import CalendarError, national_calendar
from rules.clock import deadline, law_for
from rules.packs import SEOUL
from schema.deadlines import (
    Deadline,
    DeadlineRequest,
    EventType,
    Extension,
    Happening,
    HolidayDeclared,
    Outage,
)

Case = dict[str, Any]


class DeadlinesFileError(Exception):
    """The file cannot be used; the message names the item and the field."""


def deadlines_report(cases: list[Case]) -> list[dict[str, Any]]:
    """`{id, due_at, refused, steps}` for each case. Raises DeadlinesFileError."""
    calendar = national_calendar(version=1)
    found = []
    for index, case in enumerate(cases):
        request = _request(index, case)
        _check_spelling(index, case)
        try:
            result = deadline(request, calendar, law_for(request, calendar))
        except CalendarError as error:
            raise DeadlinesFileError(f"item {index} ({request.id}): {error}") from None
        except OverflowError:
            raise DeadlinesFileError(
                f"item {index} ({request.id}): an instant lies outside the years that dates have"
            ) from None
        found.append(_shown(request, result))
    _check_expectations(cases)
    return found


def _request(index: int, case: Case) -> DeadlineRequest:
    try:
        return DeadlineRequest.model_validate(case)
    except ValidationError as error:
        fault = error.errors()[0]
        field = ".".join(str(part) for part in fault["loc"]) or "the item"
        name = case.get("id", "no id") if isinstance(case, dict) else "no object"
        raise DeadlinesFileError(
            f"item {index} ({name}): {field} is wrong: {_said(fault)}"
        ) from None


def _said(fault: ErrorDetails) -> str:
    """What pydantic found, in words; a kind of event that there is not is told those there are."""
    if fault["type"] != "union_tag_invalid":
        return str(fault["msg"])
    known = ", ".join(kind.value for kind in EventType)
    return f"there is no event «{fault['ctx']['tag']}»; there are {known}"


EXPECTED = frozenset({"expected_due_at", "expected_refused"})
EVENT_FIELDS = frozenset({"type", "reason"}).union(
    *(model.model_fields for model in (Extension, Outage, HolidayDeclared, Happening))
)
KNOWN = frozenset(DeadlineRequest.model_fields) | EXPECTED


def _misspelt(where: str, given: Iterable[str], known: frozenset[str]) -> str | None:
    """A field that is nearly one of ours, and so would count for nothing unseen; others, such as
    notes, are let through."""
    missing = known - set(given)
    for name in sorted(set(given) - known):
        close = get_close_matches(name, missing, n=1, cutoff=0.8)
        if close:
            return f"{where}«{name}» is no field; «{close[0]}» is"
    return None


def _check_spelling(index: int, case: Case) -> None:
    """Raises DeadlinesFileError for a field that was meant to be another."""
    found = _misspelt("", case, KNOWN)
    for n, event in enumerate(case.get("events") or ()):
        found = found or _misspelt(f"events.{n}: ", event, EVENT_FIELDS)
    if found is not None:
        raise DeadlinesFileError(f"item {index} ({case.get('id')}): {found}")


def _shown(request: DeadlineRequest, result: Deadline) -> dict[str, Any]:
    due = result.due_at.astimezone(SEOUL).isoformat() if result.due_at else None
    return {
        "id": request.id,
        "due_at": due,
        "refused": [one.index for one in result.refused],
        "steps": [step.model_dump(mode="json", exclude_none=True) for step in result.steps],
    }


def _check_expectations(cases: list[Case]) -> None:
    for index, case in enumerate(cases):
        due = case.get("expected_due_at")
        try:
            known = due is None or datetime.fromisoformat(due).tzinfo is not None
        except (TypeError, ValueError):
            known = False
        if not known:
            raise DeadlinesFileError(
                f"item {index} ({case['id']}): expected_due_at is no instant with a zone: {due!r}"
            )


def differences(cases: list[Case], report: list[dict[str, Any]]) -> list[str]:
    """A line for each case whose expected deadline or refusals differ."""
    lines = []
    for case, found in zip(cases, report, strict=True):
        if "expected_due_at" in case and not _same(case["expected_due_at"], found["due_at"]):
            lines.append(f"{found['id']}: due {found['due_at']}, not {case['expected_due_at']}")
        if "expected_refused" in case and case["expected_refused"] != found["refused"]:
            lines.append(
                f"{found['id']}: refused {found['refused']}, not {case['expected_refused']}"
            )
    return lines


def _same(expected: str | None, due: str | None) -> bool:
    if expected is None or due is None:
        return expected is due
    return datetime.fromisoformat(expected) == datetime.fromisoformat(due)


def run_deadlines(file: Path) -> int:
    """Print the report as JSON; 1 where an expectation differs, 2 where the file is not usable."""
    try:
        cases = json.loads(file.read_text(encoding="utf-8-sig"))
        if not isinstance(cases, list):
            raise DeadlinesFileError("the file must hold a JSON list of cases")
        report = deadlines_report(cases)
    except (OSError, ValueError, DeadlinesFileError) as error:
        print(f"{file}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(report, ensure_ascii=False, indent=1))
    lines = differences(cases, report)
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0

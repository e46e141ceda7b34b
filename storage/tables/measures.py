"""What the board's figures count: a row for each case, made from its log (`rules.measures`)."""

from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from types import UnionType
from typing import Any, get_args

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text
from sqlalchemy.types import TypeEngine

from rules.measures.row import Measures
from storage.tables.columns import Instant, metadata

_LENGTHS = {"number": 15, "item": 10, "item_group": 2, "district": 5, "agency": 10}
_LONG = 60


def _column(name: str, kind: object) -> Column[Any]:
    told = [one for one in get_args(kind) if one is not type(None)]
    plain = told[0] if isinstance(kind, UnionType) else kind
    nullable = isinstance(kind, UnionType)
    if name == "number":
        return Column(name, String(15), ForeignKey("cases.number"), primary_key=True)
    return Column(name, _type(name, plain), nullable=nullable)


def _type(name: str, plain: object) -> TypeEngine[Any]:
    assert isinstance(plain, type)
    if issubclass(plain, bool):
        return Boolean()
    if issubclass(plain, StrEnum):
        return String(30)
    if issubclass(plain, datetime):
        return Instant
    simple: dict[type, TypeEngine[Any]] = {int: Integer(), date: Date()}
    return simple[plain] if plain in simple else String(_LENGTHS.get(name, _LONG))


case_measure = Table(
    "case_measure",
    metadata,
    *(_column(field.name, field.type) for field in fields(Measures)),
    Index("ix_case_measure_filed", "filed_day"),
    Index("ix_case_measure_due", "due_day"),
    Index("ix_case_measure_done", "done_day"),
    Index(
        "ix_case_measure_escalated",
        "escalated_day",
        postgresql_where=text("escalated_day IS NOT NULL"),
    ),
    Index("ix_case_measure_rated", "rated_day", postgresql_where=text("rated_day IS NOT NULL")),
    Index(
        "ix_case_measure_again",
        "again_due_day",
        postgresql_where=text("again_due_day IS NOT NULL"),
    ),
    Index("ix_case_measure_department_filed", "department", "filed_day"),
    Index("ix_case_measure_department_due", "department", "due_day"),
    Index("ix_case_measure_department_done", "department", "done_day"),
    Index("ix_case_measure_first_filed", "first_department", "filed_day"),
    Index("ix_case_measure_owed", "department", "number", postgresql_where=text("owed")),
    comment="What figures count. Made from the log alone: minwon figures rebuild makes it anew.",
)

"""Checking the notices: every row has its words, and the words name only what there is."""

from collections.abc import Callable, Iterator, Set
from datetime import UTC, datetime
from functools import partial
from itertools import product

from jinja2 import Environment, TemplateError, meta

from rules.document_lines import line_of
from rules.notice_texts import (
    Holder,
    Names,
    NoticeFacts,
    read_notice_texts,
    render,
    staff_line,
    words_of,
)
from rules.notices import Audience, read_notices
from rules.tables import Fault, city_data
from schema.codes import CaseKind

TABLE = "notices.toml"
TEXTS = "notice_texts.toml"
_AT = datetime(2026, 5, 6, 1, tzinfo=UTC)
# Only parsed with it: what goes out is rendered by rules/notice_texts.py.
_parser = Environment(autoescape=True)


def notice_faults() -> Iterator[Fault]:
    """What the two files, each readable by itself, have wrong together."""
    yield from _without_words()
    known = words_of(_sample(CaseKind.PETITION), "ko").keys()
    named = [(place, _unknown(source, known)) for place, source in _sources()]
    yield from (_in_text(place, *said) for place, said in named if said is not None)
    if any(said is not None for _, said in named):
        return
    for place, error in _not_rendered():
        yield _in_text(place, "문구를 만들 수 없습니다.", f"It cannot be rendered: {error}.")


def _without_words() -> Iterator[Fault]:
    texts = read_notice_texts()
    for index, row in enumerate(read_notices().notice):
        named = texts.petitioner if row.to is Audience.PETITIONER else texts.staff
        if row.template not in named:
            line = line_of(city_data().text(TABLE), ("notice", index, "template"))
            yield Fault(
                file=TABLE,
                line=line,
                ko=f"«{row.template}» 문구가 {TEXTS}에 없습니다.",
                en=f"{TEXTS} has no words «{row.template}» for {row.to}: write them there.",
            )


def _sources() -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text with its place in the file."""
    texts = read_notice_texts()
    for name, template in texts.petitioner.items():
        for language, wording in (("ko", template.ko), ("en", template.en)):
            for part, source in wording.model_dump().items():
                yield ("petitioner", name, language, part), source
    for name, line in texts.staff.items():
        for language, source in line.model_dump().items():
            yield ("staff", name, language), source


def _unknown(source: str, known: Set[str]) -> tuple[str, str] | None:
    """What to say where a text is no template, or names what there is not; else None."""
    try:
        named = meta.find_undeclared_variables(_parser.parse(source))
    except TemplateError as error:
        return "문구의 형식이 맞지 않습니다.", f"This is no template: {error}."
    unknown = sorted(named - known)
    if not unknown:
        return None
    said = ", ".join(unknown)
    return (
        f"쓸 수 없는 이름입니다: {said}.",
        f"There is no {said}; a text may name {', '.join(sorted(known))}.",
    )


def _not_rendered() -> Iterator[tuple[tuple[str, ...], TemplateError]]:
    """The texts that fail when they are filled, in whichever circumstances."""
    texts = read_notice_texts()
    for language in ("ko", "en"):
        for name in texts.petitioner:
            for error in _errors(partial(render, name, language=language)):
                yield ("petitioner", name, language), error
        for name in texts.staff:
            for error in _errors(partial(staff_line, name, language=language)):
                yield ("staff", name, language), error


def _errors(told: Callable[[NoticeFacts], object]) -> Iterator[TemplateError]:
    """The first error, if any, over the circumstances in which a notice can be told."""
    for kind, urgent, due in product(CaseKind, (False, True), (False, True)):
        try:
            told(_sample(kind, urgent=urgent, due=due))
        except TemplateError as error:
            yield error
            return


def _sample(kind: CaseKind, *, urgent: bool = False, due: bool = True) -> NoticeFacts:
    return NoticeFacts(
        number="2026-00000001",
        kind=kind,
        at=_AT,
        urgent=urgent,
        holder=Holder(department=Names(ko="도로과", en="Roads Division")),
        due_at=_AT if due else None,
        url="https://example.org/",
        public_url="https://example.org/",
    )


def _in_text(place: tuple[str, ...], ko: str, en: str) -> Fault:
    line = line_of(city_data().text(TEXTS), place)
    said = ".".join(place)
    return Fault(file=TEXTS, line=line, ko=f"«{said}» {ko}", en=f"«{said}»: {en}")

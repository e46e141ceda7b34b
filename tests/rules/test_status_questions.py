"""Which short messages ask for a case's state, and which are petitions that mention a number."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.status_questions import asked_number
from schema.numbers import CHECK_ALPHABET, receipt_number

TODAY = date(2026, 11, 26)
LETTER = next(
    number
    for number in (receipt_number(date(2026, 11, 23), n) for n in range(100))
    if number[-1].isalpha()
)
DIGIT = next(
    number
    for number in (receipt_number(date(2026, 11, 23), n) for n in range(100))
    if number[-1].isdigit()
)
WRONG = LETTER[:-1] + next(one for one in "ABCDEF" if one != LETTER[-1])


@pytest.mark.parametrize("number", [LETTER, DIGIT])
@pytest.mark.parametrize(
    "written",
    [
        "{}",
        " {} ",
        "접수번호 {}",
        "접수번호: {}",
        "접수번호는 {} 입니다. 조회 부탁드립니다",
        "조회 {}",
        "{} 조회",
        "{} 처리상황 알려주세요",
        "{} 어떻게 되었나요?",
        "민원 진행상황 확인 {}",
        "제 민원 {} 언제 처리되나요",
        "[접수번호]{}",
        "status {}",
        "What is the status of my case {}?",
    ],
)
def test_a_number_with_words_that_ask_is_a_question(written: str, number: str) -> None:
    """However the number is typed."""
    for typed in (
        number,
        number.lower(),
        number.replace("-", ""),
        number.replace("-", " "),
        number.replace("-", " - "),
        number.replace("-", "–"),
        "".join(chr(ord(ch) + 0xFEE0) if ch != "-" else "-" for ch in number),
    ):
        assert asked_number(written.format(typed), today=TODAY) == number


@pytest.mark.parametrize(
    "text",
    [
        "{} 건 답변이 엉터리입니다. 다시 처리해 주세요",
        "{} 가로등이 또 꺼졌어요",
        "{}와 같은 곳에 포트홀이 또 생겼습니다",
        "지난번 접수번호 {}, 아직도 안 고쳐졌습니다",
        "{} 취하합니다",
        "{} is still broken, please fix it",
        "조회",
        "접수번호 알려주세요",
        "",
    ],
)
def test_a_petition_that_mentions_a_number_is_a_petition(text: str) -> None:
    """A person reads it: what is asked for is more than the state."""
    assert asked_number(text.format(LETTER), today=TODAY) is None


@pytest.mark.parametrize(
    "digits",
    [
        "9001011234567",
        "900101-1234567",
        "01012345678",
        "010-1234-5678",
        "2611230000421",
        "8801011234568",
        "110-123-456789",
    ],
)
def test_digits_alone_are_no_number_of_ours(digits: str) -> None:
    """Resident numbers, telephones, accounts: not a question, whatever their check would say."""
    assert asked_number(digits, today=TODAY) is None


def test_a_number_of_a_day_to_come_is_none() -> None:
    """Thirteen digits that we could not have given out yet."""
    tomorrow = next(
        number
        for number in (receipt_number(date(2026, 11, 27), n) for n in range(100))
        if number[-1].isdigit()
    )
    assert asked_number(tomorrow, today=TODAY) is None


def test_a_mistyped_number_is_a_question_too() -> None:
    """It is answered that there is none; it is no petition of one number."""
    assert asked_number(f"조회 {WRONG}", today=TODAY) == WRONG


def test_two_numbers_are_no_question() -> None:
    """Who sends two says something of both."""
    assert asked_number(f"{LETTER} {DIGIT}", today=TODAY) is None


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_none(text: str) -> None:
    """And a number has our shape."""
    found = asked_number(text, today=TODAY)
    assert found is None or (len(found) == 15 and found[-1] in CHECK_ALPHABET)

"""What is taken out of a text before anyone but its department reads it (petition-rules 2.9)."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.masking import FindingKind, contains_rrn, mask

# Invented: no number, name or address here belongs to anybody.
TAKEN_OUT = [
    (
        FindingKind.RESIDENT_NUMBER,
        "주민번호는 900101-1234567입니다",
        "주민번호는 ******-*******입니다",
    ),
    (FindingKind.RESIDENT_NUMBER, "9001011234567", "******-*******"),
    (FindingKind.RESIDENT_NUMBER, "외국인 950505 - 5123456 등록", "외국인 ******-******* 등록"),
    (FindingKind.RESIDENT_NUMBER, "010203-4123456", "******-*******"),
    (FindingKind.RESIDENT_NUMBER, "900101-1******", "******-*******"),
    (FindingKind.PHONE, "010-1234-5678로 연락주세요", "010-****-****로 연락주세요"),
    (FindingKind.PHONE, "01012345678", "010-****-****"),
    (FindingKind.PHONE, "010 1234 5678", "010-****-****"),
    (FindingKind.PHONE, "010.1234.5678", "010-****-****"),
    (FindingKind.PHONE, "번호-011-123-4567", "번호-011-****-****"),
    (FindingKind.PHONE, "(02) 123-4567", "02-****-****"),
    (FindingKind.PHONE, "도로과(02-0000-0001)로", "도로과(02-****-****)로"),
    (FindingKind.PHONE, "((02)123-4567)", "(02-****-****)"),
    (FindingKind.PHONE, "031-123-4567", "031-****-****"),
    (FindingKind.PHONE, "070-1234-5678", "070-****-****"),
    (FindingKind.PHONE, "+82 10-1234-5678", "010-****-****"),
    (FindingKind.EMAIL, "hong.gd+a@example.co.kr로", "h***@***로"),
    (FindingKind.ACCOUNT, "국민은행 123456-04-123456 환불", "국민은행 **** 환불"),
    (FindingKind.ACCOUNT, "302-1234-5678-91 (농협)", "**** (농협)"),
    (FindingKind.ACCOUNT, "계좌번호: 1234567890123", "계좌번호: ****"),
    (FindingKind.CARD, "카드 4111 1111 1111 1111", "카드 ****"),
    (FindingKind.CARD, "4111-1111-1111-1111", "****"),
    (FindingKind.PASSPORT, "여권 M12345678", "여권 ****"),
    (FindingKind.PASSPORT, "여권 M123A4567", "여권 ****"),
    (FindingKind.LICENCE, "면허 11-12-123456-78", "면허 ****"),
    (FindingKind.PLATE, "12가3456 차량", "12가**** 차량"),
    (FindingKind.PLATE, "123허 4567", "123허****"),
    (FindingKind.PLATE, "서울 12가 3456", "서울 12가****"),
    (FindingKind.PLATE, "서울강남 가 1234 오토바이", "서울강남 가**** 오토바이"),
    (FindingKind.IP, "192.0.2.17에서", "***에서"),
    (FindingKind.ADDRESS, "테헤란로 152 앞", "테헤란로 *** 앞"),
    (FindingKind.ADDRESS, "테헤란로7길 10-2", "테헤란로7길 ***"),
    (FindingKind.ADDRESS, "화곡로 64길 22", "화곡로 64길 ***"),
    (FindingKind.ADDRESS, "역삼동 736-1번지", "역삼동 ***"),
    (FindingKind.ADDRESS, "종로3가 12", "종로3가 ***"),
    (FindingKind.ADDRESS, "101동 1203호", "***"),
    (FindingKind.ADDRESS, "302호에서", "***에서"),
    (FindingKind.NAME, "홍길동 씨가", "홍*동 씨가"),
    (FindingKind.NAME, "김철수 과장님", "김*수 과장님"),
    (FindingKind.NAME, "이은님 안녕하세요", "이*님 안녕하세요"),
    (FindingKind.NAME, "남궁민수 팀장", "남*수 팀장"),
    (FindingKind.NAME, "김순자 할머니", "김*자 할머니"),
    (FindingKind.NAME, "신청인: 박영희", "신청인: 박*희"),
    (FindingKind.NAME, "저는 홍길동입니다", "저는 홍*동입니다"),
]


@pytest.mark.parametrize(("kind", "text", "masked"), TAKEN_OUT)
def test_personal_data_is_taken_out(kind: FindingKind, text: str, masked: str) -> None:
    """Each kind has its public form, and is reported as what it is."""
    found = mask(text)
    assert found.text == masked
    assert {one.kind for one in found.found} == {kind}


LEFT = [
    "991399-1234567",
    "주문번호 901301-1234567",
    "4111 1111 1111 1112",
    "1588-1234로 전화했더니",
    "2026-11-23 오후 3시 30분",
    "12월 2025년",
    "10조 2000억",
    "앞으로 3일 안에",
    "도로 2개 차로",
    "올림픽대로 3차로",
    "2호선 강남역",
    "제302호 조례",
    "테헤란로7길 골목",
    "버스로 10분 거리",
    "고객님 안녕하세요",
    "담당 주무관님",
    "날씨가 좋습니다",
    "하시는 과장님",
    "어머님이 넘어지셨어요",
    "민원인님께",
    "지하주차장 누수",
    "신축공사장 소음",
    "경로당 회장이",
    "유치원장님",
    "민원실 과장님",
    "벼룩시장 김밥집",
    "🙂 test 123",
]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_personal_data_is_left(text: str) -> None:
    """An impossible date, a failed Luhn, a service number, a verb before a title."""
    assert mask(text).text == text
    assert mask(text).found == ()


def test_findings_point_into_the_given_text() -> None:
    """Start and end are positions in the NFC form, even where several things are taken out."""
    text = "저는 홍길동입니다. 010-1234-5678, hong@example.com"
    found = mask(text).found
    assert [text[one.start : one.end] for one in found] == [
        "홍길동",
        "010-1234-5678",
        "hong@example.com",
    ]


def test_full_width_digits_and_decomposed_letters_hide_nothing() -> None:
    """What a telephone's keyboard or a macOS file sends is read like any other text."""
    assert mask("０１０－１２３４－５６７８").text == "010-****-****"
    assert mask("９００１０１−１２３４５６７").text == "******-*******"
    assert mask(unicodedata.normalize("NFD", "홍길동 씨")).text == "홍*동 씨"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("900101-1234567", True),
        ("900229-1234567", False),
        ("000229-3234567", True),
        ("９００１０１１２３４５６７", True),
        ("900101-9234567", False),
        ("1900101-1234567", False),
        ("010-1234-5678", False),
        ("", False),
    ],
)
def test_a_resident_number_needs_a_possible_date(text: str, answer: bool) -> None:
    """The seventh digit tells the century; 29 February exists in leap years only."""
    assert contains_rrn(text) is answer


_FRAGMENTS = st.sampled_from(
    [text for _, text, _ in TAKEN_OUT]
    + LEFT
    + [
        "010",
        "-",
        "1234",
        "5678",
        "동",
        "로",
        "길 ",
        "호",
        "홍길동",
        "씨",
        "은행",
        "12가",
        " ",
        "*",
        "@",
    ]
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(_FRAGMENTS, max_size=8).map("".join)))
def test_masking_again_changes_nothing(text: str) -> None:
    """Idempotent on any text, also where pieces stand against each other."""
    once = mask(text).text
    assert mask(once).text == once
    assert mask(once).found == ()


@settings(deadline=None)
@given(
    before=st.text(alphabet="가나다 .,\n", max_size=20),
    after=st.text(alphabet="가나다 .,\n", max_size=20),
    middle=st.integers(0, 9999),
    last=st.integers(0, 9999),
    joint=st.sampled_from(["", "-", " ", ".", " - "]),
)
def test_a_mobile_number_never_survives(
    before: str, after: str, middle: int, last: int, joint: str
) -> None:
    """Whatever stands around it and however it is written."""
    number = f"010{joint}{middle:04d}{joint}{last:04d}"
    assert number not in mask(f"{before}{number}{after}").text
    assert f"{last:04d}" not in mask(f"{before}{number}{after}").text


@settings(deadline=None)
@given(day=st.dates().filter(lambda day: 1900 <= day.year < 2100), rest=st.integers(0, 999_999))
def test_a_resident_number_never_survives(day: object, rest: int) -> None:
    """Every date of the two centuries, with and without a dash."""
    year = getattr(day, "year", 0)
    seventh = "1" if year < 2000 else "3"
    number = f"{day:%y%m%d}-{seventh}{rest:06d}"
    for written in (number, number.replace("-", "")):
        assert contains_rrn(f"번호{written}입니다")
        assert mask(f"번호{written}입니다").text == "번호******-*******입니다"


@settings(deadline=None)
@given(st.text(max_size=300))
def test_masking_never_adds_letters_or_digits(text: str) -> None:
    """Only stars and punctuation come in: nothing is made up about anybody."""

    def letters(value: str) -> int:
        return sum(one.isalnum() for one in value)

    assert letters(mask(text).text) <= letters(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    "piece", ["1", "1 ", "1-", "가", "김", "a.", "a@", "010", "우리 ", "동1-", "로 1", "1동1", "0 "]
)
def test_long_hostile_texts_are_masked_all_the_same(piece: str) -> None:
    """20,000 letters made to make a pattern try everything: it answers, and the same twice."""
    text = piece * (20_000 // len(piece))
    once = mask(text).text
    assert mask(once).text == once

"""What an answer is told before it goes out, what its templates fill in, what the veil covers."""

import pytest

from rules.city_data import unreadable
from rules.quality import Check, looked_over
from rules.reply_templates import filled, reply_templates, templates_for
from rules.tables import CityData
from rules.veil import veil

ASKED = "가로등이 꺼졌습니다. 언제 고치나요? 넘어져 다쳤는데 보험은 어떻게 되나요?"
GOOD = (
    "현장을 확인한 결과 전선이 끊겨 있어 11월 30일까지 교체합니다. 다치신 일은 시민안전보험으로 "
    "보상받으실 수 있습니다. 문의: 도로과 김하늘 주무관 02-0000-1234"
)
OWN = frozenset({"홍길동", "010-1234-5678"})


def test_a_good_answer_has_nothing_said_of_it() -> None:
    """Reason, day, contact, every question: officials' names and offices' telephones are nobody's
    secret, and neither is what the petitioner told of him- or herself."""
    assert (
        looked_over(f"홍길동 님, {GOOD}. 010-1234-5678로 문자드렸습니다.", petition=ASKED, own=OWN)
        == ()
    )


@pytest.mark.parametrize(
    ("answer", "check", "words"),
    [
        (f"{GOOD}. 이웃 박영수 님께도 알렸습니다.", Check.PERSONAL_DATA, "박영수"),
        (f"{GOOD}. 옆집 010 9999 8888로 물어보세요.", Check.PERSONAL_DATA, "010 9999 8888"),
        (f"{GOOD}. 900101-1234567", Check.PERSONAL_DATA, "900101-1234567"),
        (f"{GOOD}. neighbour@example.com", Check.PERSONAL_DATA, "neighbour@example.com"),
        (f"{GOOD}. 12가 3456 차량", Check.PERSONAL_DATA, "12가 3456"),
        (f"{GOOD}. [날짜]에 마칩니다.", Check.UNFILLED, "[날짜]"),
        (f"{GOOD}. 적극  검토 하겠습니다.", Check.EMPTY_PHRASE, "적극 검토하겠습니다"),
        ("고쳤습니다. 02-0000-1234", Check.TOO_SHORT, ""),
        ("11월 30일까지 새것으로 바꾸겠습니다. 보험은 됩니다. 02-0000-1234", Check.NO_REASON, ""),
        (GOOD.replace("02-0000-1234", ""), Check.NO_CONTACT, ""),
        (
            GOOD.replace("보험", "제도"),
            Check.UNANSWERED,
            "넘어져 다쳤는데 보험은 어떻게 되나요?",
        ),
        (
            GOOD.replace("11월 30일까지", "곧"),
            Check.UNANSWERED,
            "언제 고치나요?",
        ),
    ],
)
def test_each_fault_is_found_with_its_words(answer: str, check: Check, words: str) -> None:
    """One sentence worse than the good answer, and exactly that is named."""
    petition = ASKED if check is not Check.UNANSWERED else words
    found = looked_over(answer, petition=petition if words else "", own=OWN)
    assert (check, words) in {(one.check, one.words) for one in found}
    assert {one.check for one in found if one.holds_back} <= {Check.PERSONAL_DATA}
    assert any(one.holds_back for one in found) is (check is Check.PERSONAL_DATA)


def test_templates_are_offered_by_item_and_department_the_closest_first() -> None:
    """Every case has some; one meant for another item or department is not among them."""
    names = [one.name for one in templates_for("RD01", "3130000.roads")]
    assert names.index("road_repaired") < names.index("explained")
    assert "cleansing_done" not in names
    assert "cleansing_done" in [one.name for one in templates_for("WS01", "3130000.cleansing")]
    assert "road_repaired" not in [one.name for one in templates_for(None, None)]


def test_a_template_left_as_it_is_does_not_pass_for_an_answer() -> None:
    """What the case does not say and what only the officer knows is left in brackets, and found."""
    values = {"department": "마포구 도로과", "officer": "김하늘", "phone": "02-0000-1234"}
    for template in reply_templates():
        text = filled(template, values)
        assert "{" not in text
        assert "마포구 도로과 김하늘 02-0000-1234" in text
        assert Check.UNFILLED in {one.check for one in looked_over(text, petition="")}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('[[template]]\nname = "a"\n', "title_ko"),
        ('[[template]]\nname="ab"\ntitle_ko="가"\ntitle_en="a"\ntext="{담당}입니다"', "담당"),
        ('[[template]]\nname="ab"\ntitle_ko="가"\ntitle_en="a"\ntext="x"\n' * 2, "ab"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_when_it_is_loaded(
    text: str, named: str
) -> None:
    """The fault names the file and what is wrong with it."""
    faults = unreadable(CityData({"reply_templates.toml": text}))
    assert {fault.file for fault in faults} == {"reply_templates.toml"}
    assert any(named in fault.en for fault in faults)


@pytest.mark.parametrize(
    ("text", "covered"),
    [
        ("야 이 씨 발 놈들아", "야 이 ● ● 놈들아"),
        ("병.신 같은 행정", "●●● 같은 행정"),
        ("시발점에서 기다립니다", "시발점에서 기다립니다"),
        ("가로등이 꺼졌습니다", "가로등이 꺼졌습니다"),
    ],
)
def test_the_veil_covers_hard_words_and_leaves_the_rest(text: str, covered: str) -> None:
    """Letter for letter, whatever stands between them; what only sounds alike stays."""
    assert veil(text).text == covered
    assert veil(text).words == int(text != covered)

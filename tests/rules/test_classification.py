"""Which item a petition is about: what is said, what the channel says, what the words say."""

import csv
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.classification import Basis, Classification, classify, opinion_kind, threshold
from rules.masking import mask
from rules.taxonomy import is_item, leaf
from schema.codes import CaseKind, Channel, OpinionKind

NOBODY_CAN_TELL = "-"


def _sentences() -> Iterator[tuple[str, str]]:
    path = Path(__file__).with_name("petition_sentences.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            yield row["item"], row["sentence"]


def _read(sentence: str) -> Classification:
    return classify(mask(sentence).text, channel=Channel.WEB_FORM)


def test_where_the_words_are_confident_they_are_right() -> None:
    """Of our own 400 sentences at least 95 % of the confident ones get the right item, and at
    least 85 % are confident."""
    expected = [pair for pair in _sentences() if pair[0] != NOBODY_CAN_TELL]
    confident = [(item, found.item) for item, text in expected if (found := _read(text)).item]
    right = [pair for pair in confident if pair[0] == pair[1]]
    assert len(right) / len(confident) >= 0.95
    assert len(confident) / len(expected) >= 0.85


def test_no_urgent_matter_is_confidently_taken_for_another_nor_another_for_an_urgent_one() -> None:
    """A person may be asked too often, but nobody is woken, or left asleep, by mistake."""
    wrong = [
        (item, found.item, text)
        for item, text in _sentences()
        if (found := _read(text)).item not in (None, item)
        and (leaf(found.item or "").urgent or (item != NOBODY_CAN_TELL and leaf(item).urgent))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "sentence", [text for item, text in _sentences() if item == NOBODY_CAN_TELL]
)
def test_what_nobody_can_tell_goes_to_a_person(sentence: str) -> None:
    """One word, abuse, a cry for help, several matters at once: the first-line desk."""
    assert _read(sentence).item is None


def test_every_leaf_is_recognised_in_a_sentence() -> None:
    """No leaf exists only on paper."""
    recognised = {item for item, text in _sentences() if _read(text).item == item}
    everything = {item for item, _ in _sentences()} - {NOBODY_CAN_TELL}
    assert recognised == everything
    assert len(recognised) == 79


def test_the_petitioners_own_item_comes_first() -> None:
    """What the petitioner chose stands, even if the words and the channel say another thing."""
    found = classify(
        "포트홀이 있어요", channel=Channel.SMS_120, channel_category="가로등", item="CL01"
    )
    assert (found.item, found.confidence, found.basis) == ("CL01", 1.0, Basis.PETITIONER)
    assert [one.item for one in found.candidates] == ["CL01", "RD01"]


@pytest.mark.parametrize("item", ["XX99", "AD09", "", "rd01"])
def test_an_invalid_item_is_not_taken_over(item: str) -> None:
    """An unknown code, and «unclassified», say nothing: the words decide."""
    assert classify("포트홀이 있어요", channel=Channel.WEB_FORM, item=item).item == "RD01"


def test_an_item_that_is_not_in_force_is_not_taken_over() -> None:
    """Validity dates hold for the petitioner's choice too."""
    found = classify("", channel=Channel.WEB_FORM, item="RD01", on_date=date(2010, 1, 1))
    assert found.item is None


@pytest.mark.parametrize(
    ("channel", "category", "item"),
    [
        (Channel.SMS_120, "불법주정차", "TR01"),
        (Channel.SMS_120, "세무 · 지방세", "TX01"),
        (Channel.SMART_REPORT, "주정차 과태료", "TR02"),
        (Channel.SMART_REPORT, "공원 시설", "PK01"),
        (Channel.WEB_FORM, "보안등 고장", "RD06"),
        (Channel.WEB_FORM, "Security (alley) light failure", "RD06"),
        (Channel.WEB_FORM, "RD06", "RD06"),
    ],
)
def test_the_channels_own_category_comes_before_the_words(
    channel: Channel, category: str, item: str
) -> None:
    """Each channel's categories are mapped; our own names are understood from every channel."""
    found = classify("버스 정류장에서요", channel=channel, channel_category=category)
    assert (found.item, found.basis) == (item, Basis.CHANNEL_CATEGORY)
    assert found.confidence >= threshold()


def test_the_words_may_be_finer_than_the_category_within_its_field() -> None:
    """The app's «도로 파손» of a manhole is a manhole; of a mosquito it stays what the app said."""
    for text, item in (("맨홀 뚜껑이 깨졌어요", "RD03"), ("모기가 많아요", "RD01")):
        found = classify(text, channel=Channel.SMART_REPORT, channel_category="도로 파손")
        assert found.item == item


def test_a_category_that_is_a_whole_field_only_helps_the_words() -> None:
    """«청소» alone names no item; with a weak word it decides within its field."""
    assert classify("해주세요", channel=Channel.SMS_120, channel_category="청소").item is None
    weak = "쓰레기가 있어요"
    assert classify(weak, channel=Channel.SMS_120).item is None
    helped = classify(weak, channel=Channel.SMS_120, channel_category="청소")
    assert (helped.item, helped.basis) == ("CL01", Basis.WORDS)


@pytest.mark.parametrize("category", ["기타", "", None, "불편사항"])
def test_a_category_nobody_knows_says_nothing(category: str | None) -> None:
    """Then the words decide as if there were none."""
    found = classify("맨홀 뚜껑이 깨졌어요", channel=Channel.SMS_120, channel_category=category)
    assert (found.item, found.basis) == ("RD03", Basis.WORDS)


def test_what_was_filed_as_a_proposal_is_one() -> None:
    """The law of proposals holds whatever the words are about; the words only choose among them."""
    text = "가로등을 모두 LED로 바꿉시다"
    assert classify(text, channel=Channel.WEB_FORM, kind=CaseKind.PROPOSAL).item == "SG01"
    budget = classify("참여예산으로 합시다", channel=Channel.WEB_FORM, kind=CaseKind.PROPOSAL)
    assert budget.item == "SG03"
    chosen = classify(text, channel=Channel.WEB_FORM, kind=CaseKind.PROPOSAL, item="SG02")
    assert chosen.item == "SG02"


def test_below_the_threshold_the_best_three_are_handed_to_the_first_line() -> None:
    """The person who decides sees candidates with their reasons, and that one is urgent."""
    found = _read("가로등도 꺼지고 맨홀도 깨졌고 현수막도 찢어졌어요")
    assert found.item is None
    assert len(found.candidates) == 3
    assert {one.item for one in found.candidates} == {"RD05", "RD03", "SO02"}
    assert found.urgent_suspected
    assert "기준" in found.reason_ko


def test_the_reason_names_our_words_and_never_the_petitioners() -> None:
    """A reason is stored with events: it must not carry what somebody wrote."""
    found = _read("우리 집 철수네 앞에 포트홀이 있어요")
    assert "포트홀" in found.reason_ko
    assert "철수" not in found.model_dump_json()


@pytest.mark.parametrize(
    "spelling",
    [
        "불법주차",
        "불법 주차",
        "불 법 주 차",
        unicodedata.normalize("NFD", "불법주차"),
        "불법\n주차",
    ],
)
def test_spaces_and_composition_do_not_matter(spelling: str) -> None:
    """People write with and without spaces; telephones send letters in parts."""
    assert _read(f"{spelling} 단속해 주세요").item == "TR01"


def test_a_place_word_tells_where_and_not_what() -> None:
    """«어린이집 앞» is no matter of childcare."""
    assert _read("어린이집 앞에 쓰레기 무단투기가 심해요").item == "CL01"
    assert _read("Broken street light near the playground").item == "RD05"


def test_a_short_word_is_not_seen_inside_another() -> None:
    """«축대» stands in «건축대장» and «차» in «유모차»: neither is meant."""
    assert "PK04" not in {one.item for one in _read("건축대장을 떼고 싶어요").candidates}
    assert "TR01" not in {one.item for one in _read("유모차가 못 지나가요").candidates}
    assert "RD02" not in {one.item for one in _read("횡단보도가 파손됐어요").candidates}


def test_words_far_apart_are_not_one_matter() -> None:
    """A key of two words needs them near each other."""
    between = "이것은 전혀 다른 이야기를 길게 늘어놓은 글입니다 " * 3
    assert _read(f"공원 이야기. {between} 술 이야기.").item is None


@settings(deadline=None)
@given(st.text(max_size=300))
def test_any_text_at_all_gets_an_answer(text: str) -> None:
    """Never an error; an item only above the threshold, and never the unclassified one."""
    found = classify(text, channel=Channel.SNS)
    assert len(found.candidates) <= 3
    if found.item is not None:
        assert is_item(found.item)
        assert found.confidence >= threshold()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("가로등이 고장났어요", OpinionKind.IMPROVEMENT),
        ("쓰레기 좀 치워주세요 ㅠㅠ", OpinionKind.IMPROVEMENT),
        ("가로등 언제 고쳐주나요?", OpinionKind.IMPROVEMENT),
        ("The crossing is so dangerous", OpinionKind.IMPROVEMENT),
        ("따릉이 이용 시간이 어떻게 되나요?", OpinionKind.QUESTION),
        ("불꽃축제 몇 시에 하는지 궁금합니다", OpinionKind.QUESTION),
        ("When does the festival start", OpinionKind.QUESTION),
        ("한강에 그늘막이 더 있으면 좋겠어요", OpinionKind.PROPOSAL),
        ("심야버스를 늘려주시면 어떨까 제안해봅니다", OpinionKind.PROPOSAL),
        ("서울 야경 최고예요", OpinionKind.REMARK),
        ("👍👍", OpinionKind.REMARK),
        ("", OpinionKind.REMARK),
    ],
)
def test_a_post_is_an_improvement_a_question_a_proposal_or_a_remark(
    text: str, kind: OpinionKind
) -> None:
    """불편개선 · 질문 · 제안 · 단순의견 (R07): every post is one of them."""
    assert opinion_kind(text) is kind

"""Filing on the page, with no JavaScript at all."""

import json
import re
from io import BytesIO

import pytest
from PIL import Image

from schema.codes import Action
from tests.web.conftest import City
from web.filing import FilledForm

FORM = {"text": "골목 가로등이 꺼졌습니다", "kind": "petition", "public": "1", "request_id": ""}


def photo() -> bytes:
    """A small JPEG."""
    file = BytesIO()
    Image.new("RGB", (40, 30), (10, 120, 200)).save(file, "JPEG")
    return file.getvalue()


async def test_words_are_enough(city: City) -> None:
    """No category, no place, no contact: a receipt with number, key and link comes back."""
    browser = city.browser()
    answer = await browser.post("/petitions/new", data=FORM)
    assert answer.status_code == 303, answer.text
    receipt = await browser.get(answer.headers["location"])
    number = re.search(r"\d{6}-\d{6}-[2-9A-Y]", receipt.text)
    assert number is not None
    assert city.key(number[0]) in receipt.text
    assert f"/cases/{number[0]}?key=" in receipt.text


async def test_a_filed_petition_is_seen_at_once(city: City) -> None:
    """Before it is registered its page says that it is safe and being registered."""
    browser = city.browser()
    answer = await browser.post("/petitions/new", data=FORM)
    page = await browser.get(answer.headers["location"].removesuffix("/receipt"))
    assert page.status_code == 200
    assert "신청됨, 접수 확인 중" in page.text


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"text": "   "}, "text", "내용을 적어 주세요."),
        ({"phone": "12", "consent": "1"}, "phone", "전화번호를 확인해 주세요."),
        ({"email": "nobody", "consent": "1"}, "email", "전자우편 주소를 확인해 주세요."),
        ({"phone": "010-1234-5678"}, "consent", "개인정보 수집·이용에 동의해 주세요."),
        ({"plate": "12가3456"}, "consent", "개인정보 수집·이용에 동의해 주세요."),
        ({"plate": "1" * 21, "consent": "1"}, "plate", "너무 깁니다."),
        ({"principal": "성춘향"}, "consent", "개인정보 수집·이용에 동의해 주세요."),
        ({"filed_as": "proxy"}, "party", "누구를 대신해 신청하는지 이름을 적어 주세요."),
        ({"under_14": "1"}, "party", "14세 미만 아동의 민원은 법정대리인이 신청합니다."),
        ({"households": "many"}, "households", "값을 확인해 주세요."),
    ],
)
async def test_a_fault_stands_beside_its_field_and_in_the_summary(
    city: City, fields: dict[str, str], field: str, message: str
) -> None:
    """The page says what to mend where it is to be mended, and nothing typed is lost."""
    answer = await city.browser().post("/petitions/new", data=FORM | {"address": "종로"} | fields)
    assert answer.status_code == 422
    beside = answer.text.split(f'id="e-{field}"')[1].split("</p>")[0]
    assert message in beside
    assert f'href="#f-{field}"' in answer.text
    assert 'value="종로"' in answer.text


async def test_sent_twice_is_filed_once(city: City) -> None:
    """A double click, or a reload that posts again, gives the number given before."""
    browser, form = city.browser(), FORM | {"request_id": "a-page-shown-once"}
    first = await browser.post("/petitions/new", data=form)
    again = await browser.post("/petitions/new", data=form)
    assert first.headers["location"] == again.headers["location"]


async def test_other_words_from_the_same_page_are_asked_about(city: City) -> None:
    """Going back and changing the text is told, and the next click files it as a new one."""
    browser, form = city.browser(), FORM | {"request_id": "a-page-gone-back-to"}
    await browser.post("/petitions/new", data=form)
    answer = await browser.post("/petitions/new", data=form | {"text": "다른 내용입니다"})
    assert answer.status_code == 422
    assert "a-page-gone-back-to" not in answer.text


async def test_photos_come_with_the_form(city: City) -> None:
    """Five photos are taken, the sixth is refused with words, an unreadable one by its name."""
    browser = city.browser()
    five = [("photos", (f"{n}.jpg", photo(), "image/jpeg")) for n in range(5)]
    taken = await browser.post("/petitions/new", data=FORM, files=five)
    assert taken.status_code == 303, taken.text
    sixth = await browser.post("/petitions/new", data=FORM, files=[*five, five[0]])
    assert sixth.status_code == 422
    assert "사진은 5장까지" in sixth.text
    broken = [("photos", ("고장.jpg", b"not a photo", "image/jpeg"))]
    unreadable = await browser.post("/petitions/new", data=FORM, files=broken)
    assert unreadable.status_code == 422
    assert "고장.jpg" in unreadable.text


async def test_what_was_typed_is_never_html(city: City) -> None:
    """Words stay words, in the form that comes back and on the case's page."""
    nasty = "<script>alert(1)</script>"
    answer = await city.browser().post(
        "/petitions/new", data=FORM | {"text": " ", "address": nasty}
    )
    assert nasty not in answer.text
    number = await city.case(nasty + " 포트홀이 있습니다")
    browser = city.browser()
    await browser.get(f"/cases/{number}?key={city.key(number)}")
    page = await browser.get(f"/cases/{number}")
    assert nasty not in page.text
    assert "&lt;script&gt;" in page.text


async def test_a_proxy_and_a_petition_of_many_are_filed_with_those_behind_it(city: City) -> None:
    """As what it is filed, for whom, by how many, and who represents them."""
    form = FORM | {
        "filed_as": "proxy",
        "principal": "성춘향",
        "households": "6",
        "signatures": "12",
        "representative_2": "이몽룡",
        "consent": "1",
    }
    party = json.loads(FilledForm(form).body(language="ko"))["party"]
    assert party == {
        "filed_as": "proxy",
        "principal": {"name": "성춘향"},
        "households": "6",
        "signatures": "12",
        "representatives": [{"name": "이몽룡"}],
    }
    answer = await city.browser().post("/petitions/new", data=form)
    assert answer.status_code == 303, answer.text


def test_a_matter_of_ones_own_says_nothing_of_others() -> None:
    """The body that most people send is what it was."""
    assert "party" not in json.loads(FilledForm(FORM).body(language="ko"))


async def test_a_public_case_is_joined_without_any_script(city: City) -> None:
    """From its page to the form, its item preset and its number kept; one that cannot be joined any
    more, or is nobody's to see, is left out without a word."""
    browser = city.browser()
    number = await city.case("서교동 가로등이 꺼졌습니다", item="RD05")
    way = f"/petitions/new?same_as={number}"
    assert f'href="{way}"' in (await browser.get(f"/public/{number}")).text
    form = (await browser.get(way)).text
    assert f'name="same_as" value="{number}"' in form
    assert '<option value="RD05" selected>' in form
    hidden = await city.case("서교동 가로등이 꺼졌습니다", item="RD05", public=False)
    form = (await browser.get(f"/petitions/new?same_as={hidden}")).text
    assert 'name="same_as" value=""' in form
    await city.record(number, Action.ANSWER, text="고쳤습니다")
    assert way not in (await browser.get(f"/public/{number}")).text
    assert 'name="same_as" value=""' in (await browser.get(way)).text


async def test_what_has_to_be_chosen_again_is_named(city: City) -> None:
    """Without a script a browser forgets the files of a form that comes back."""
    files = [("photos", ("골목.jpg", photo(), "image/jpeg"))]
    answer = await city.browser().post("/petitions/new", data=FORM | {"text": " "}, files=files)
    assert answer.status_code == 422
    assert "다시 골라 주세요: 골목.jpg" in answer.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"address": "합정역 3번 출구", "area": "11440/서교동"}, "마포구 서교동 합정역 3번 출구"),
        ({"address": "마포구 서교동 395", "area": "11440/서교동"}, "마포구 서교동 395"),
        ({"area": "11440/"}, "마포구"),
        ({"area": "nowhere/x", "address": "거기"}, "거기"),
        ({}, ""),
    ],
)
def test_a_place_from_the_list_is_said_in_words(typed: dict[str, str], said: str) -> None:
    """District and dong stand before the address, once."""
    assert FilledForm(typed).place_in_words() == said


async def test_a_parking_report_is_filed_with_its_plate(city: City) -> None:
    """The page asks for it without any script, says what a fine needs, and the receipt says what
    is lacking; what was typed is sealed as the API's plate is, beside the text."""
    browser = city.browser()
    empty = (await browser.get("/petitions/new")).text
    asked = empty.split('<details class="fine"')[1].split("</details>")[0]
    assert "주정차 위반 신고라면" in asked
    assert "1분 이상 간격을 두고 찍은 사진 2장" in asked
    assert 'name="plate"' in asked
    typed = {"item": "TR02", "plate": " 12가3456 ", "consent": "1"}
    two = [("photos", (f"{n}.jpg", photo(), "image/jpeg")) for n in range(2)]
    answer = await browser.post("/petitions/new", data=FORM | typed, files=two)
    assert answer.status_code == 303, answer.text
    assert "fine=lacking" in answer.headers["location"]
    sent = json.loads(FilledForm(FORM | typed).body(language="ko"))
    assert sent["plate"] == "12가3456"
    assert sent["consent"]["items"] == ["plate"]
    assert "12가3456" not in sent["text"]
    without = json.loads(FilledForm(FORM).body(language="ko"))
    assert "plate" not in without

"""Where a petition is about: coordinates first, then names, and never a guess."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.organisation import districts
from rules.place import PlaceSource, locate

# One well-known point inside each district, WGS84.
POINTS = {
    "11110": (37.5759, 126.9768),
    "11140": (37.5663, 126.9779),
    "11170": (37.5340, 126.9947),
    "11200": (37.5612, 127.0372),
    "11215": (37.5404, 127.0692),
    "11230": (37.5801, 127.0485),
    "11260": (37.5966, 127.0850),
    "11290": (37.5894, 127.0167),
    "11305": (37.6380, 127.0257),
    "11320": (37.6530, 127.0477),
    "11350": (37.6551, 127.0613),
    "11380": (37.6190, 126.9210),
    "11410": (37.5791, 126.9368),
    "11440": (37.5663, 126.9019),
    "11470": (37.5260, 126.8646),
    "11500": (37.5622, 126.8010),
    "11530": (37.5088, 126.8912),
    "11545": (37.4816, 126.8826),
    "11560": (37.5216, 126.9243),
    "11590": (37.4930, 126.9190),
    "11620": (37.4662, 126.9484),
    "11650": (37.5037, 127.0241),
    "11680": (37.4983, 127.0282),
    "11710": (37.5133, 127.1001),
    "11740": (37.5386, 127.1235),
}


@pytest.mark.parametrize(("bjd5", "point"), POINTS.items())
def test_coordinates_give_the_district_and_the_dong(bjd5: str, point: tuple[float, float]) -> None:
    """Every district is found by a point in it, with its dong and a reason that names both."""
    found = locate(lat=point[0], long=point[1])
    assert (found.district, found.source) == (bjd5, PlaceSource.COORDINATES)
    assert found.dong is not None
    assert districts()[bjd5].name_ko in found.reason_ko
    assert districts()[bjd5].name_en in found.reason_en


def test_a_border_of_districts_runs_where_it_runs() -> None:
    """강남대로 divides two districts: a few steps across it change the owner."""
    assert locate(lat=37.49827, long=127.02820).district == "11680"
    assert locate(lat=37.49790, long=127.02720).district == "11650"


@pytest.mark.parametrize(("bjd5", "point"), POINTS.items())
def test_swapped_coordinates_are_put_right_and_said_so(
    bjd5: str, point: tuple[float, float]
) -> None:
    """Latitude and longitude the wrong way round give the same district, less surely."""
    found = locate(lat=point[1], long=point[0])
    assert (found.district, found.source) == (bjd5, PlaceSource.SWAPPED_COORDINATES)
    assert found.confidence < locate(lat=point[0], long=point[1]).confidence
    assert "바뀌어" in found.reason_ko


@pytest.mark.parametrize(
    ("lat", "long"),
    [
        (35.1796, 129.0756),
        (37.4563, 126.7052),
        (37.4200, 127.1265),
        (0.0, 0.0),
        (-37.5, -127.0),
        (90.0, 180.0),
        (1e9, 1e9),
        (math.nan, 127.0),
        (math.inf, 127.0),
    ],
    ids=["busan", "incheon", "seongnam", "zero", "minus", "pole", "huge", "nan", "inf"],
)
def test_coordinates_outside_seoul_are_ignored_with_a_reason(lat: float, long: float) -> None:
    """The words then decide; the reason tells that the coordinates were not used."""
    found = locate(lat=lat, long=long, text="마포구 망원동 골목입니다")
    assert (found.district, found.dong) == ("11440", "망원동")
    assert "서울 밖" in found.reason_ko
    assert locate(lat=lat, long=long).district is None


@pytest.mark.parametrize(("lat", "long"), [(37.5, None), (None, 127.0), (None, None)])
def test_half_a_coordinate_is_none(lat: float | None, long: float | None) -> None:
    """One number is no point."""
    assert locate(lat=lat, long=long).source is PlaceSource.NONE


def test_coordinates_and_words_that_disagree_make_a_place_doubtful() -> None:
    """The coordinates stand, and the reason says what the words name."""
    found = locate(lat=37.4983, long=127.0282, address="서울시 마포구 공덕동")
    assert found.district == "11680"
    assert found.confidence < 0.7
    assert "마포구" in found.reason_ko
    assert "Mapo-gu" in found.reason_en


@pytest.mark.parametrize(
    ("words", "bjd5", "source"),
    [
        ("서울특별시 강남구 테헤란로", "11680", PlaceSource.DISTRICT_NAME),
        ("서울시강남구역삼동", "11680", PlaceSource.DISTRICT_NAME),
        ("강남구에 사는 사람입니다", "11680", PlaceSource.DISTRICT_NAME),
        ("송파에서 출퇴근합니다", "11710", PlaceSource.DISTRICT_NAME),
        ("은평 주민이에요", "11380", PlaceSource.DISTRICT_NAME),
        ("중구 다산로", "11140", PlaceSource.DISTRICT_NAME),
        ("a pothole in Gangnam-gu", "11680", PlaceSource.DISTRICT_NAME),
        ("near my home in seodaemun gu", "11410", PlaceSource.DISTRICT_NAME),
        ("I live in Mapo.", "11440", PlaceSource.DISTRICT_NAME),
        ("역삼1동 골목", "11680", PlaceSource.DONG_NAME),
        ("성수동 카페거리", "11200", PlaceSource.DONG_NAME),
        ("잠실본동 주민", "11710", PlaceSource.DONG_NAME),
        ("을지로3가 인쇄골목", "11140", PlaceSource.DONG_NAME),
        ("목동 아파트", "11470", PlaceSource.DONG_NAME),
        ("홍대입구역 9번 출구", "11440", PlaceSource.LANDMARK),
        ("near Hongdae", "11440", PlaceSource.LANDMARK),
        ("신정7동 보안등", "11470", PlaceSource.LANDMARK),
        ("상암로 포트홀", "11740", PlaceSource.ROAD_NAME),
        ("여의도한강공원", "11560", PlaceSource.LANDMARK),
        ("테헤란로 한복판", "11680", PlaceSource.ROAD_NAME),
        ("연희로 32길", "11410", PlaceSource.ROAD_NAME),
    ],
)
def test_names_of_places_give_the_district(words: str, bjd5: str, source: PlaceSource) -> None:
    """With and without 구, in English, by dong, landmark and road; as address or in the text."""
    for found in (locate(address=words), locate(text=words)):
        assert (found.district, found.source) == (bjd5, source)
        assert found.confidence > 0.5
    assert locate(address=words).confidence > locate(text=words).confidence


@pytest.mark.parametrize("bjd5", districts())
def test_every_district_is_known_by_its_korean_and_its_english_name(bjd5: str) -> None:
    """All 25, in a sentence."""
    row = districts()[bjd5]
    assert locate(text=f"저는 {row.name_ko}에 삽니다").district == bjd5
    assert locate(text=f"I live in {row.name_en}.").district == bjd5


@pytest.mark.parametrize(
    "words",
    [
        "노원구와 도봉구 사이",
        "신사동 가로수",
        "강남대로에서",
        "올림픽대로 정체",
        "신호등이 오류동작합니다",
        "중구난방으로 세워져 있어요",
        "휠체어 동작이 느려요",
        "부산 강서구 명지동",
        "합동 점검을 부탁합니다",
        "강남역 앞",
        "동대문에서 택시를 탔어요",
        "신정동 골목",
        "",
        "😀",
    ],
)
def test_what_is_ambiguous_or_no_place_is_not_guessed(words: str) -> None:
    """Two districts, a dong of two districts, a long road, a word that looks like a place: none."""
    found = locate(text=words)
    assert (found.district, found.confidence) == (None, 0.0)
    assert found.reason_ko
    assert found.reason_en


def test_an_address_outside_seoul_is_not_corrected_by_the_text() -> None:
    """«경기도 …» with «강남구» in the text is somebody writing from elsewhere: a person decides."""
    found = locate(address="경기도 성남시 분당구 정자동", text="강남구 가는 길")
    assert found.district is None
    assert "서울 밖" in found.reason_ko


def test_the_district_decides_between_dongs_of_the_same_name() -> None:
    """신사동 exists in two districts: named with its district it is known."""
    assert locate(address="은평구 신사동").dong == "신사동"
    assert locate(address="강남구 신사동").district == "11680"


@pytest.mark.parametrize(
    ("words", "road"),
    [
        ("테헤란로 152 앞", "테헤란로"),
        ("올림픽대로 잠실 방향", "올림픽대로"),
        ("테헤란로7길 10", None),
        ("테헤란로 7길", None),
        ("을지로3가", None),
        ("테헤란로와 강남대로 사이", None),
        ("우리동네 앞길", None),
    ],
)
def test_a_road_is_itself_and_not_its_side_street(words: str, road: str | None) -> None:
    """Whether the city or the district mends a road depends on it."""
    assert locate(text=words).road == road


@settings(deadline=None)
@given(
    lat=st.none() | st.floats(),
    long=st.none() | st.floats(),
    address=st.none() | st.text(max_size=60),
    text=st.text(max_size=200),
)
def test_any_place_at_all_gets_an_answer(
    lat: float | None, long: float | None, address: str | None, text: str
) -> None:
    """Never an error; a district of Seoul or none, and always a reason."""
    found = locate(lat=lat, long=long, address=address, text=text)
    assert found.district is None or found.district in districts()
    assert (found.district is None) == (found.source is PlaceSource.NONE)
    assert found.reason_ko

"""Invented people: names out of old tales, telephone numbers that nobody can have, example.com."""

import random

from pydantic import JsonValue

NAMES = (
    "홍길동", "성춘향", "이몽룡", "심청", "전우치", "허생", "배비장", "옹고집",
    "이춘풍", "유충렬", "조웅", "박흥부", "박놀부", "김콩쥐", "최팥쥐", "배장화",
    "배홍련", "김향단", "박방자", "이월매", "장끼순", "두껍전", "강별주", "구운몽",
    "양소유", "정경패", "이숙향", "백선군", "임경업네", "민옹", "김아무개", "이아무개",
    "박아무개", "최아무개", "정아무개", "한가온", "오보람", "서나래", "문한결", "류새벽",
    "남궁별", "제갈솔", "황보람", "선우빛", "독고은", "사공길", "하늘봄", "강아람",
    "윤슬기",
)  # fmt: skip
AGENTS = tuple(f"agent-{ordinal:02d}" for ordinal in range(1, 13))


def mobile(dice: random.Random) -> str:
    """A number of the two blocks that are not given out."""
    return f"010-{dice.choice(('0000', '9999'))}-{dice.randrange(10000):04d}"


def contact(dice: random.Random) -> dict[str, JsonValue]:
    """How one petitioner leaves word: by phone, by mail, both, or by name alone."""
    name = dice.choice(NAMES)
    way = dice.random()
    told: dict[str, JsonValue] = {"name": name}
    if way < 0.70:
        told["phone"] = mobile(dice) if dice.random() < 0.8 else mobile(dice).replace("-", "")
    if 0.55 < way < 0.95:
        told["email"] = f"citizen{dice.randrange(1000, 9999)}@example.com"
    return told

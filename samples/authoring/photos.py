"""Which photos go with which record, and the drawing of them all."""

from datetime import timedelta
from pathlib import Path

import pictures
from day import DAY
from reading import Written

PHOTOS = Path(__file__).parent.parent / "photos"

PHOTO_OF = {
    "RD01": "pothole.jpg", "RD02": "paving.jpg", "RD03": "manhole.jpg", "RD04": "hollow.png",
    "RD05": "lamp.jpg", "RD06": "lamp.jpg", "RD09": "paving.jpg", "TR01": "car.jpg",
    "TR02": "car.jpg", "TR03": "car.jpg", "TR06": "car.jpg", "TR07": "scooter.jpg",
    "WD01": "water.png", "WD03": "water.png", "WD05": "water.png", "PK01": "swing.jpg",
    "SF02": "swing.jpg", "CL01": "bags.jpg", "CL02": "bags.jpg", "CL03": "bags.jpg",
}  # fmt: skip
AT_THE_PLACE = {
    ("RD01", "종로구"): "pothole-jongno.jpg",
    ("CL01", "마포구"): "bags-mapo.jpg",
    ("TR01", "마포구"): "car-mapo.jpg",
}
FIVE = {
    "TR01": ("car-mapo.jpg", "car.jpg", "scooter.jpg", "paving.jpg", "pothole.jpg"),
    "CL01": ("bags-mapo.jpg", "bags.jpg", "paving.jpg", "lamp.jpg", "manhole.jpg"),
    "RD01": ("pothole.jpg", "hollow.png", "manhole.jpg", "paving.jpg", "water.png"),
}


def photos(written: Written, count: int) -> list[str]:
    """`count` different photos that fit the item, the place's own first."""
    if count == 5:
        return [f"photos/{name}" for name in FIVE[written.leaf]]
    usual = PHOTO_OF.get(written.leaf, "paving.jpg")
    first = AT_THE_PLACE.get((written.leaf, written.district or ""), usual)
    more = [
        name
        for name in ("pothole.jpg", "paving.jpg", "bags.jpg", "manhole.jpg")
        if name not in (first, usual)
    ]
    return [f"photos/{name}" for name in [first, *more][:count]]


def draw_all() -> None:
    """The twelve photos, and two files that are none."""
    folder = PHOTOS
    folder.mkdir(exist_ok=True)
    morning = DAY.replace(hour=8, minute=41)
    plain = (
        ("pothole.jpg", pictures.pothole), ("paving.jpg", pictures.paving),
        ("bags.jpg", pictures.bags), ("car.jpg", pictures.car), ("lamp.jpg", pictures.lamp),
        ("scooter.jpg", pictures.scooter), ("manhole.jpg", pictures.manhole),
        ("swing.jpg", pictures.swing), ("water.png", pictures.water),
        ("hollow.png", pictures.hollow),
    )  # fmt: skip
    for seed, (name, picture) in enumerate(plain):
        taken = morning - timedelta(hours=seed) if seed % 3 else None
        pictures.draw_photo(folder / name, picture, seed=seed, taken=taken)
    placed = (
        ("pothole-jongno.jpg", pictures.pothole, (37.570420, 126.992480)),
        ("bags-mapo.jpg", pictures.bags, (37.563610, 126.908380)),
        ("car-mapo.jpg", pictures.car, (37.555210, 126.923370)),
    )
    for seed, (name, picture, place) in enumerate(placed, start=40):
        pictures.draw_photo(folder / name, picture, seed=seed, taken=morning, place=place)
    whole = (folder / "pothole.jpg").read_bytes()
    (folder / "cut-off.jpg").write_bytes(whole[: len(whole) // 3])
    (folder / "note.jpg").write_text("사진이 아니라 메모입니다.\n", encoding="utf-8")

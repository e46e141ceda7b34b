"""The sample photos: simple drawings with the metadata a telephone writes. No faces, no places."""

import io
import random
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from PIL import Image, ImageDraw
from PIL.TiffImagePlugin import IFDRational

Draw = Callable[[ImageDraw.ImageDraw, random.Random], None]
SIZE = (480, 360)


def _ground(draw: ImageDraw.ImageDraw, sky: str, road: str) -> None:
    draw.rectangle((0, 0, 480, 150), fill=sky)
    draw.rectangle((0, 150, 480, 360), fill=road)


def pothole(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A hole in grey asphalt, with a lane mark."""
    _ground(draw, "#9db8cf", "#55585c")
    draw.polygon(((225, 150), (255, 150), (300, 360), (180, 360)), fill="#e8e2c8")
    x, y = dice.randint(120, 220), dice.randint(210, 260)
    draw.ellipse((x, y, x + 150, y + 70), fill="#2a2522", outline="#7b746c", width=6)


def paving(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """Paving blocks, some of them missing or askew."""
    _ground(draw, "#b9c4a8", "#a3764f")
    for row in range(7):
        for column in range(9):
            lift = dice.randint(-6, 6) if dice.random() < 0.3 else 0
            box = (column * 54, 150 + row * 30 + lift, column * 54 + 50, 176 + row * 30 + lift)
            draw.rectangle(box, fill="#8a5a3a" if dice.random() < 0.12 else "#c28f63")


def bags(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A heap of rubbish bags beside a wall."""
    _ground(draw, "#c9b9a5", "#77726b")
    for _ in range(16):
        x, y = dice.randint(60, 360), dice.randint(150, 290)
        shade = dice.choice(("#1d1d22", "#e9e9e4", "#3c6e4a", "#24242b"))
        draw.ellipse((x, y, x + 80, y + 60), fill=shade, outline="#0c0c0c")


def car(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A car on a zebra crossing; the plate is blank."""
    _ground(draw, "#a9c6d8", "#4f5256")
    for x in range(0, 480, 60):
        draw.rectangle((x, 260, x + 34, 350), fill="#f2f2ee")
    paint = dice.choice(("#b02a2a", "#2a4fb0", "#dadada"))
    draw.rounded_rectangle((90, 190, 390, 280), 24, fill=paint)
    draw.polygon(((150, 190), (190, 130), (310, 130), (350, 190)), fill=paint)
    for x in (130, 300):
        draw.ellipse((x, 250, x + 56, 306), fill="#111111")
    draw.rectangle((210, 250, 270, 266), fill="#ffffff")


def lamp(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A street lamp that is out, at night."""
    _ground(draw, "#10142a", "#1b1b1e")
    draw.rectangle((230, 60, 242, 320), fill="#5f646b")
    draw.rectangle((230, 54, 330, 66), fill="#5f646b")
    draw.ellipse((310, 60, 350, 84), fill="#33363c")
    for _ in range(25):
        draw.point((dice.randint(0, 479), dice.randint(0, 140)), fill="#ffffff")


def scooter(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """Kick scooters lying over tactile paving."""
    _ground(draw, "#bcd0dc", "#9a9a97")
    draw.rectangle((0, 250, 480, 290), fill="#e3b83b")
    for _ in range(3):
        x = dice.randint(40, 260)
        draw.line((x, 300, x + 150, 270), fill="#2fa36b", width=10)
        draw.line((x + 150, 270, x + 175, 170), fill="#2c2c2c", width=7)
        draw.ellipse((x - 12, 290, x + 14, 316), fill="#111111")


def water(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """Brown water over a road, up to the kerb."""
    _ground(draw, "#8f9aa3", "#6d6f70")
    draw.rectangle((0, 200, 480, 360), fill="#7d6a4d")
    for y in range(205, 360, 14):
        x = dice.randint(0, 200)
        draw.arc((x, y, x + 220, y + 22), 180, 360, fill="#b3a17e", width=3)


def manhole(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A manhole cover, half off its ring."""
    _ground(draw, "#a3b0ad", "#5d5f60")
    shift = dice.randint(20, 60)
    draw.ellipse((150, 200, 330, 310), fill="#0d0d0d", outline="#8b8b88", width=5)
    draw.ellipse((150 + shift, 190, 330 + shift, 300), fill="#6f6b62", outline="#3a3833", width=5)


def hollow(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A lane that has sunk, with cracks around it."""
    _ground(draw, "#98a9ba", "#606266")
    draw.ellipse((110, 190, 380, 330), fill="#4a4b4d")
    draw.ellipse((170, 220, 320, 300), fill="#191613")
    for _ in range(9):
        x, y = dice.randint(80, 400), dice.randint(170, 345)
        draw.line((x, y, x + dice.randint(-60, 60), y + dice.randint(-25, 25)), fill="#26272a")


def swing(draw: ImageDraw.ImageDraw, dice: random.Random) -> None:
    """A swing that hangs by one chain."""
    _ground(draw, "#b6d7ee", "#c9a86a")
    draw.line((110, 80, 370, 80), fill="#c23b3b", width=12)
    draw.line((110, 80, 70, 320), fill="#c23b3b", width=10)
    draw.line((370, 80, 410, 320), fill="#c23b3b", width=10)
    x = dice.randint(190, 230)
    draw.line((x, 84, x, 250), fill="#444444", width=3)
    draw.line((x, 250, x + 30, 300), fill="#2a4fb0", width=12)


_NORTH_EAST = {1: "N", 3: "E"}


def _degrees(value: float) -> tuple[IFDRational, IFDRational, IFDRational]:
    minutes = (value % 1) * 60
    seconds = round((minutes % 1) * 60 * 100)
    return IFDRational(int(value)), IFDRational(int(minutes)), IFDRational(seconds, 100)


def _exif(taken: datetime | None, place: tuple[float, float] | None) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Minwon", "Drawing 1"
    if taken:
        told = f"{taken:%Y:%m:%d %H:%M:%S}"
        exif[0x0132] = told
        exif.get_ifd(0x8769).update({0x9003: told, 0x9011: "+09:00"})
    if place:
        gps = {**_NORTH_EAST, 2: _degrees(place[0]), 4: _degrees(place[1])}
        exif.get_ifd(0x8825).update(gps)
    return exif


def draw_photo(
    path: Path,
    picture: Draw,
    *,
    seed: int,
    taken: datetime | None = None,
    place: tuple[float, float] | None = None,
) -> None:
    """Write one photo of well under 20 kB; the format follows the suffix."""
    image = Image.new("RGB", SIZE)
    picture(ImageDraw.Draw(image), random.Random(seed))
    content = io.BytesIO()
    if path.suffix == ".png":
        image.quantize(32).save(content, "PNG", optimize=True)
    else:
        image.save(content, "JPEG", quality=60, exif=_exif(taken, place))
    path.write_bytes(content.getvalue())

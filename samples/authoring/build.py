"""Writes samples/day.jsonl and samples/photos: `python samples/authoring/build.py`.

The texts beside it are written by hand; here they only get times, ids, places, people and signing
schemes. The same texts give the same file.
"""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from broken import BROKEN, unwanted
from day import DAY, Day, Record
from networks import instagram_records, sns_records
from photos import draw_all
from raw import call, message, report, web_form
from reading import Written, blocks, lines, sns_lines

HERE = Path(__file__).parent
SAMPLES = HERE.parent


def redeliveries(day: Day) -> None:
    """The same records once more, as networks and impatient people send them again."""
    good = [record for record in day.records if "expects" not in record]
    chosen: list[Record] = []
    for gateway, count in (
        ("/api/v1/petitions", 8),
        ("/gateway/sms_120/calls", 5),
        ("/gateway/sms_120/messages", 5),
        ("/gateway/smart_report/reports", 4),
        ("/gateway/sns/x", 3),
        ("/gateway/sns/meta", 2),
    ):
        of_one = [record for record in good if record["gateway"] == gateway]
        chosen += day.dice.sample(of_one, count)
    for first in chosen:
        later = first["at"] + timedelta(seconds=day.dice.choice((2, 5, 31, 300, 1800, 5400)))
        day.add(
            first
            | {
                "id": f"{first['id']}-again",
                "at": min(later, DAY + timedelta(hours=23, minutes=59, seconds=58)),
                "redelivery_of": first["id"],
                "expects": "delivered_before",
            }
        )


def all_records() -> list[Record]:
    """The whole day, in the order of its time."""
    day = Day()
    for written in _web_texts():
        web_form(day, written)
    for written, answer in lines(HERE / "texts/calls.txt", last="answer"):
        call(day, written, answer)
    for written, _ in lines(HERE / "texts/sms.txt", place=False):
        message(day, written)
    for written, _ in lines(HERE / "texts/app.txt"):
        report(day, written)
    sns_records(day, sns_lines(HERE / "texts/sns.txt"))
    redeliveries(day)
    unwanted(day)
    for spoilt in BROKEN:
        day.add(spoilt(day))
    # Last, so that the dice of everything before fall as they did.
    instagram_records(day, (HERE / "texts/instagram.txt").read_text("utf-8").splitlines())
    return sorted(day.records, key=lambda record: (record["at"], record["id"]))


def _web_texts() -> Iterator[Written]:
    for name in ("web_1.txt", "web_2.txt"):
        for written, _ in lines(HERE / "texts" / name):
            yield written
    yield from blocks(HERE / "texts/extra.txt")


def main() -> None:
    """Draw the photos and write the day."""
    draw_all()
    with (SAMPLES / "day.jsonl").open("w", encoding="utf-8") as file:
        for record in all_records():
            line = {key: value for key, value in record.items() if value is not None}
            line["at"] = record["at"].isoformat()
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()

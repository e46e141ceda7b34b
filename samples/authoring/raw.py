"""The raw records of the web form, the 120 centre and the app."""

import random
from datetime import timedelta

from categories import APP_CATEGORIES, category
from day import Day, Record
from people import AGENTS, contact, mobile
from photos import photos
from places import point
from reading import Written

BUSAN = (35.1796, 129.0756)
CONSENT = {"version": "2026-01", "items": ["contact", "location"]}
SITES = (None, None, None, "https://www.example.com/gu/minwon", "https://map.example.com/embed")
CITY_NUMBER = "+8221200000"


def web_form(day: Day, written: Written) -> Record:
    """A post of the web form."""
    dice = day.dice
    body: Record = {"text": written.text}
    if "p" in written.flags:
        body["kind"] = "proposal"
    if "i" in written.flags:
        body["item"] = written.leaf
    body["location"] = _location(day, written) or None
    if "a" not in written.flags:
        body |= _who_and_how(dice)
    if "u" in written.flags:
        body["public"] = False
    if written.language:
        body["language"] = written.language
    body["site"] = dice.choice(SITES)
    name = day.name("web")
    record: Record = {
        "id": name,
        "at": day.instant(),
        "gateway": "/api/v1/petitions",
        "scheme": "none",
        "content_type": "application/json",
        "body": {key: value for key, value in body.items() if value is not None},
        "idempotency_key": f"sample-2026-11-18-{name}",
    }
    if not written.long and dice.random() < 0.06:
        record["media"] = photos(written, 1)
    return day.add(record, written)


def _who_and_how(dice: random.Random) -> Record:
    told = contact(dice)
    wish: Record = {"contact": told, "consent": CONSENT}
    if dice.random() < 0.3:
        reachable = [way for way, of in (("sms", "phone"), ("email", "email")) if of in told]
        wish["reply_by"] = dice.choice([*reachable, "page"])
    return wish


def _location(day: Day, written: Written) -> Record:
    if "n" in written.flags:
        return {}
    district = written.district or ""
    address = f"{district} {written.place}".strip() if written.place else ""
    location: Record = {"address": address} if address else {}
    if "g" in written.flags and district:
        lat, long = point(district, f"{written.place} {written.text}", day.dice)
        location |= {"lat": lat, "long": long}
    return location


def call(day: Day, written: Written, answer: str) -> Record:
    """A call record of the 120 centre."""
    dice = day.dice
    ended = day.instant(first=6, last=23)
    started = ended - timedelta(seconds=dice.randint(70, 540))
    name = day.name("call")
    body: Record = {
        "call_id": f"120-20261118-{name[-3:]}{dice.randrange(1000):03d}",
        "agent": dice.choice(AGENTS),
        "caller": mobile(dice) if dice.random() < 0.9 else "02-0000-1234",
        "started_at": started.isoformat(),
        "ended_at": ended.isoformat(),
        "summary": written.text,
        "category": category(written.leaf, dice),
        "place": f"{written.district} {written.place}".strip() if written.place else None,
        "answered": bool(answer),
        "answer": answer or None,
    }
    return day.add(
        {
            "id": name,
            "at": ended + timedelta(seconds=dice.randint(5, 90)),
            "gateway": "/gateway/sms_120/calls",
            "scheme": "minwon",
            "content_type": "application/json",
            "body": {key: value for key, value in body.items() if value is not None},
        },
        written,
    )


def message(day: Day, written: Written) -> Record:
    """A text message to 120: as Twilio's webhook, or in our plain signed JSON."""
    dice = day.dice
    name = day.name("sms")
    at = day.instant(first=5)
    sender = mobile(dice)
    record: Record = {"id": name, "at": at, "gateway": "/gateway/sms_120/messages"}
    if "j" in written.flags:
        record |= {
            "scheme": "minwon",
            "content_type": "application/json",
            "body": {
                "message_id": f"mo-20261118-{dice.randrange(16**8):08x}",
                "from": sender,
                "to": "120",
                "text": written.text,
                "received_at": (at - timedelta(seconds=dice.randint(1, 9))).isoformat(),
            },
        }
    else:
        record |= {
            "scheme": "twilio",
            "content_type": "application/x-www-form-urlencoded",
            "body": twilio_form(dice, sender, written.text),
        }
    return day.add(record, written)


def twilio_form(dice: random.Random, sender: str, text: str) -> dict[str, str]:
    """The fields of Twilio's inbound message webhook."""
    sid = f"SM{dice.randrange(16**32):032x}"
    return {
        "ToCountry": "KR",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "SmsSid": sid,
        "SmsStatus": "received",
        "Body": text,
        "FromCountry": "KR",
        "To": CITY_NUMBER,
        "NumSegments": str(1 + len(text) // 70),
        "MessageSid": sid,
        "AccountSid": "AC00000000000000000000000000000120",
        "From": "+82" + sender.replace("-", "")[1:],
        "ApiVersion": "2010-04-01",
    }


def report(day: Day, written: Written) -> Record:
    """A report of the app, with its photos."""
    dice = day.dice
    name = day.name("app")
    at = day.instant()
    body: Record = {
        "report_id": f"SR-20261118-{dice.randrange(16**10):010x}",
        "submitted_at": (at - timedelta(seconds=dice.randint(2, 40))).isoformat(),
        "category": APP_CATEGORIES.get(written.leaf),
        "item": written.leaf if dice.random() < 0.25 else None,
        "text": written.text,
        **_reported_place(day, written),
        "address": f"{written.district} {written.place}".strip(),
        "push_token": f"demo-push-{dice.randrange(16**12):012x}",
        "consent": CONSENT,
        "public": dice.random() < 0.85,
    }
    if dice.random() < 0.55:
        body |= {key: value for key, value in contact(dice).items() if key != "email"}
    count = next((int(part[1]) for part in written.words if part[0] == "p"), 1)
    return day.add(
        {
            "id": name,
            "at": at,
            "gateway": "/gateway/smart_report/reports",
            "scheme": "minwon",
            "content_type": "multipart/form-data",
            "body": {key: value for key, value in body.items() if value is not None},
            "media": photos(written, count),
        },
        written,
    )


def _reported_place(day: Day, written: Written) -> Record:
    if "n" in written.words:
        return {}
    if "x0" in written.words:
        return {"lat": 0.0, "long": 0.0, "accuracy": 0.0}
    if "xb" in written.words:
        return {"lat": BUSAN[0], "long": BUSAN[1], "accuracy": 2000.0}
    lat, long = point(written.district or "중구", f"{written.place} {written.text}", day.dice)
    if "xs" in written.words:
        lat, long = long, lat
    return {"lat": lat, "long": long, "accuracy": round(day.dice.uniform(3, 45), 1)}

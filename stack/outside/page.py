"""The page of the outside world: what citizens received, for people to read."""

import re
from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from zoneinfo import ZoneInfo

_ADDRESS = re.compile(r"https?://[^\s<>()]+[^\s<>().,]")
SEOUL = ZoneInfo("Asia/Seoul")

KINDS = {
    "sms": ("문자", "Text message"),
    "email": ("전자우편", "Mail"),
    "push": ("앱 알림", "Push"),
    "x": ("X 답글", "Reply on X"),
    "meta": ("페이스북 댓글", "Facebook comment"),
}

_STYLE = """
:root { color-scheme: light dark;
        font: 17px/1.6 "Pretendard", "Noto Sans KR", system-ui, sans-serif }
body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.5rem; margin: 0 }
nav a, nav strong { margin-right: .9rem; white-space: nowrap }
ol { list-style: none; padding: 0 }
li { border: 1px solid color-mix(in srgb, currentColor 35%, transparent); border-radius: 8px;
     padding: .8rem 1rem; margin: .8rem 0 }
header p { margin: .2rem 0 1rem }
.head { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0; font-size: .9rem }
.subject { font-weight: 600; margin: .4rem 0 0 }
.body { white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0 0 }
"""


def page(
    messages: Sequence[dict[str, Any]], *, total: int, to: str | None, kind: str | None
) -> str:
    """The whole page for `messages`, in the order given."""
    shown = "".join(_message(message) for message in messages)
    nothing = (
        "<p>아직 아무도 받은 것이 없습니다. <span lang=en>Nothing was received yet.</span></p>"
    )
    return (
        "<!doctype html><html lang=ko><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width"><title>시민이 받은 것 · Received</title>'
        f"<style>{_STYLE}</style><header><h1>시민이 받은 것</h1>"
        "<p>통신사, 메일 서버, 앱 알림, SNS를 대신하는 작은 서버입니다. "
        "<span lang=en>What citizens received: this small server stands for the carrier, "
        "the mail server, the push service and the networks.</span></p></header>"
        f"<nav aria-label='종류 Kind'>{_links(kind)}</nav>"
        f"<p>{_filter(to)}모두 {total:,}건 가운데 새것부터 {len(messages):,}건 · "
        f"<span lang=en>newest {len(messages):,} of {total:,}</span></p>"
        f"<main><ol>{shown}</ol>{'' if messages else nothing}</main></html>"
    )


def _links(kind: str | None) -> str:
    names = {"": ("전체", "All"), **KINDS}
    return "".join(
        f"<strong aria-current=page>{korean}</strong>"
        if one == (kind or "")
        else f'<a href="/{f"?kind={one}" if one else ""}" title="{english}">{korean}</a>'
        for one, (korean, english) in names.items()
    )


def _filter(to: str | None) -> str:
    return f"<b>{escape(to)}</b>: " if to else ""


def _message(message: dict[str, Any]) -> str:
    at = datetime.fromisoformat(message["at"]).astimezone(SEOUL)
    korean, english = KINDS.get(message["kind"], (message["kind"], message["kind"]))
    raw = message["raw"] if isinstance(message["raw"], dict) else {}
    subject = str(raw.get("subject") or raw.get("title") or "")
    titled = f"<p class=subject>{escape(subject)}</p>" if subject else ""
    return (
        f"<li><p class=head><b title='{escape(english)}'>{escape(korean)}</b>"
        f"<span>→ {escape(str(message['to']))}</span>"
        f"<time datetime='{at.isoformat()}'>{at:%Y-%m-%d %H:%M:%S}</time></p>"
        f"{titled}<p class=body>{_linked(str(message['body']))}</p></li>"
    )


def _linked(text: str) -> str:
    """The text as HTML, web addresses to be followed: a citizen would touch them too."""
    return _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', escape(text))

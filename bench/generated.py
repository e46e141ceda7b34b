"""Files that are made from the code: `python -m bench.generated`, or `--check` that they are new.

docs/asyncapi.json from the message models, docs/states.md from the table of transitions,
docs/rights.md from the table of rights, the
settings table of README.md from the settings class.
"""

import ast
import inspect
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.kafka import PARTITIONS, topics
from rules.rights import RIGHTS
from rules.transitions import STATE_NAMES, TRANSITIONS
from schema.envelope import CASE_EVENTS, STAFF_NOTICES, CloudEvent
from schema.events import CaseEvent
from schema.messages import OutboundMessage
from schema.staff import STAFF_ROLES
from settings import Settings

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"
DEAD_LETTER_HEADERS = ("x-error-code", "x-error-detail", "x-origin", "x-first-seen")


def asyncapi() -> str:
    """The AsyncAPI 3.0 document of every topic."""
    document = {
        "asyncapi": "3.0.0",
        "info": {
            "title": "minwon",
            "version": "1",
            "description": "CloudEvents 1.0 in structured mode; consumers are idempotent by id.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {name: _channel(name) for name in topics()},
        "operations": {
            name: {"action": _action(name), "channel": {"$ref": f"#/channels/{name}"}}
            for name in topics()
        },
        "components": {"schemas": _schemas()},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _action(topic: str) -> str:
    return "receive" if topic.startswith("intake.") and not topic.endswith(".dlq") else "send"


def _channel(topic: str) -> dict[str, Any]:
    payload: dict[str, Any] = {"$ref": "#/components/schemas/CloudEvent"}
    message: dict[str, Any] = {"name": topic, "payload": payload}
    data = {CASE_EVENTS: "CaseEvent"}.get(topic)
    if topic.startswith("reply."):
        data = "OutboundMessage"
    if data:
        described = {"properties": {"data": {"$ref": f"#/components/schemas/{data}"}}}
        message["payload"] = {"allOf": [payload, described]}
    if topic.endswith(".dlq"):
        names = {name: {"type": "string"} for name in DEAD_LETTER_HEADERS}
        message |= {"payload": {}, "headers": {"type": "object", "properties": names}}
    if topic == STAFF_NOTICES:
        message["summary"] = "Codes only: recipient, template, case."
    kafka = {"partitions": PARTITIONS, "bindingVersion": "0.5.0"}
    return {"address": topic, "messages": {"record": message}, "bindings": {"kafka": kafka}}


def _schemas() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for model in (CloudEvent, CaseEvent, OutboundMessage):
        schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= schema.pop("$defs", {})
        found[model.__name__] = schema
    return found


def states() -> str:
    """States and actions as tables, and the diagram."""
    lines = [
        "# 민원의 상태와 처리 / States and actions",
        "",
        "Made from `rules/transitions.py`; `make check` holds it to that.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> SUBMITTED",
    ]
    for row in TRANSITIONS.values():
        for source in sorted(row.sources):
            lines += [f"    {source} --> {to}: {row.label_ko}" for to in sorted(row.targets)]
    lines += ["```", "", "| code | 한국어 | English |", "|---|---|---|"]
    lines += [f"| {state} | {ko} | {en} |" for state, (ko, en) in STATE_NAMES.items()]
    lines += [
        "",
        "| action | | from | to | who | needs | conditions | article |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in TRANSITIONS.values():
        sources = "any" if len(row.sources) == len(STATE_NAMES) else ", ".join(sorted(row.sources))
        to = ", ".join(sorted(row.targets)) or ("unchanged" if row.step else "note")
        roles, needs = ", ".join(sorted(row.roles)), ", ".join(row.needs)
        conditions = ", ".join((*row.when, *row.provided))
        label = f"{row.label_ko} / {row.label_en}"
        article = row.article or ""
        lines.append(
            f"| {row.action} | {label} | {sources} | {to} | {roles} | {needs} | {conditions} "
            f"| {article} |"
        )
    return "\n".join(lines) + "\n"


def rights() -> str:
    """Who may do what on whose cases, as a table: a row a right, a column a role."""
    roles = sorted(STAFF_ROLES)
    lines = [
        "# 권한 / Rights",
        "",
        "Made from `rules/rights.py`; `make check` holds it to that. own: of the departments that",
        "one acts for; agency: of all departments of one's agency, and for city hall's people of",
        "every department; all: of every department. Which acts `act` are, and for which roles:",
        "[states.md](states.md).",
        "",
        f"| right | | {' | '.join(roles)} | by a deputy |",
        f"|---|---|{'---|' * len(roles)}---|",
    ]
    for row in RIGHTS.values():
        reaches = " | ".join(row.reach.get(role, "") for role in roles)
        deputy = "yes" if row.by_deputy else ""
        lines.append(f"| {row.right} | {row.ko} / {row.en} | {reaches} | {deputy} |")
    return "\n".join(lines) + "\n"


def setting_texts() -> dict[str, str]:
    """Each setting's meaning: the string below it in the class."""
    body = ast.parse(inspect.getsource(Settings)).body[0]
    assert isinstance(body, ast.ClassDef)
    found = {}
    for field, below in zip(body.body, body.body[1:], strict=False):
        named = isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if named and isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant):
            found[field.target.id] = str(below.value.value)  # type: ignore[attr-defined]
    return found


def readme() -> str:
    """README.md with its settings table made anew."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = ["| variable | meaning | default |", "|---|---|---|"]
    texts = setting_texts()
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, "") else f"`{field.default}`"
        rows.append(f"| `MINWON_{name.upper()}` | {texts[name]} | {default} |")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n" + "\n".join(rows) + f"\n{END}{after}"


GENERATED: dict[str, Callable[[], str]] = {
    "docs/asyncapi.json": asyncapi,
    "docs/states.md": states,
    "docs/rights.md": rights,
    "README.md": readme,
}


def stale() -> list[str]:
    """The files that are not what the code would make now."""
    return [
        name
        for name, make in GENERATED.items()
        if not (ROOT / name).exists() or (ROOT / name).read_text(encoding="utf-8") != make()
    ]


def main() -> int:
    """Write the files, or with --check say which are stale."""
    if "--check" in sys.argv:
        old = stale()
        for name in old:
            print(f"{name} is stale: run `.venv/bin/python -m bench.generated`.")
        return 1 if old else 0
    for name, make in GENERATED.items():
        (ROOT / name).write_text(make(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

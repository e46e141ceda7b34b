"""What the form asks: the one list that pages, embedded forms and the check of a form read.

The words of each field stand in `web/texts/filing.yaml` under its name; here is what holds in every
language: where its value goes, how long it may be, whether it is somebody's personal data.
"""

from enum import StrEnum

from schema.codes import ReplyBy
from schema.model import Frozen
from schema.party import MOST_REPRESENTATIVES, FiledAs

CONSENT_VERSION = "2026-11.4"
"""Of the notice on personal data: raised whenever its items, purpose or period change."""


class Input(StrEnum):
    """How a field is filled in."""

    LONG_TEXT = "long_text"
    TEXT = "text"
    TEL = "tel"
    EMAIL = "email"
    CHOICE = "choice"
    ITEM = "item"
    """One of the taxonomy's items, by group."""
    AREA = "area"
    """A district and a dong of it."""
    POINT = "point"
    """A point in WGS84 degrees, from the device; never typed."""
    FILES = "files"
    COUNT = "count"
    TICK = "tick"


class Group(StrEnum):
    """The parts of the form, in the order of the page."""

    MATTER = "matter"
    PLACE = "place"
    FILES = "files"
    CONTACT = "contact"
    PARTY = "party"
    PUBLICATION = "publication"


class FileKind(Frozen):
    """A kind of file that is taken: its media type, the names that it comes under."""

    media_type: str
    extensions: tuple[str, ...]


FILE_KINDS = (
    FileKind(media_type="image/jpeg", extensions=(".jpg", ".jpeg")),
    FileKind(media_type="image/png", extensions=(".png",)),
    FileKind(media_type="image/heic", extensions=(".heic", ".heif")),
    FileKind(media_type="video/mp4", extensions=(".mp4",)),
    FileKind(media_type="video/quicktime", extensions=(".mov",)),
)
"""What the form offers to send; `adapters/photographs.py` decides by the content."""
MAX_FILES = 5
MAX_FILE_BYTES = 10 * 1024 * 1024


class FormField(Frozen):
    """One field. `path` is its place in the body of `POST /api/v1/petitions`; `most` bounds its
    length in characters, or the number itself for a count, or how many files there may be.
    `personal`: sent only with consent. `autocomplete` as HTML names it."""

    name: str
    path: str
    input: Input
    group: Group
    required: bool = False
    most: int | None = None
    personal: bool = False
    autocomplete: str = "off"
    inputmode: str | None = None
    choices: tuple[str, ...] = ()
    accept: tuple[FileKind, ...] = ()


def _representative(place: int) -> FormField:
    return FormField(
        name=f"representative_{place}",
        path=f"party.representatives.{place - 1}.name",
        input=Input.TEXT,
        group=Group.PARTY,
        most=100,
        personal=True,
    )


FIELDS: tuple[FormField, ...] = (
    FormField(
        name="text",
        path="text",
        input=Input.LONG_TEXT,
        group=Group.MATTER,
        required=True,
        most=20_000,
    ),
    FormField(
        name="kind",
        path="kind",
        input=Input.CHOICE,
        group=Group.MATTER,
        choices=("petition", "proposal"),
    ),
    FormField(name="item", path="item", input=Input.ITEM, group=Group.MATTER, most=40),
    FormField(
        name="plate",
        path="plate",
        input=Input.TEXT,
        group=Group.MATTER,
        most=20,
        personal=True,
    ),
    FormField(
        name="address",
        path="location.address",
        input=Input.TEXT,
        group=Group.PLACE,
        most=500,
    ),
    FormField(name="area", path="location.address", input=Input.AREA, group=Group.PLACE, most=20),
    FormField(name="lat", path="location.lat", input=Input.POINT, group=Group.PLACE),
    FormField(name="long", path="location.long", input=Input.POINT, group=Group.PLACE),
    FormField(
        name="photos",
        path="attachments",
        input=Input.FILES,
        group=Group.FILES,
        most=MAX_FILES,
        accept=FILE_KINDS,
    ),
    FormField(
        name="name",
        path="contact.name",
        input=Input.TEXT,
        group=Group.CONTACT,
        most=100,
        personal=True,
        autocomplete="name",
    ),
    FormField(
        name="phone",
        path="contact.phone",
        input=Input.TEL,
        group=Group.CONTACT,
        most=40,
        personal=True,
        autocomplete="tel",
        inputmode="tel",
    ),
    FormField(
        name="email",
        path="contact.email",
        input=Input.EMAIL,
        group=Group.CONTACT,
        most=254,
        personal=True,
        autocomplete="email",
        inputmode="email",
    ),
    FormField(
        name="reply_by",
        path="reply_by",
        input=Input.CHOICE,
        group=Group.CONTACT,
        choices=(ReplyBy.PAGE, ReplyBy.SMS, ReplyBy.EMAIL),
    ),
    FormField(
        name="filed_as",
        path="party.filed_as",
        input=Input.CHOICE,
        group=Group.PARTY,
        choices=(FiledAs.SELF, FiledAs.PROXY, FiledAs.GUARDIAN, FiledAs.REPRESENTATIVE),
    ),
    FormField(
        name="principal",
        path="party.principal.name",
        input=Input.TEXT,
        group=Group.PARTY,
        most=100,
        personal=True,
    ),
    FormField(name="under_14", path="party.under_14", input=Input.TICK, group=Group.PARTY),
    FormField(
        name="households",
        path="party.households",
        input=Input.COUNT,
        group=Group.PARTY,
        most=100_000,
        inputmode="numeric",
    ),
    FormField(
        name="signatures",
        path="party.signatures",
        input=Input.COUNT,
        group=Group.PARTY,
        most=100_000,
        inputmode="numeric",
    ),
    *(_representative(place) for place in range(1, MOST_REPRESENTATIVES + 1)),
    FormField(name="public", path="public", input=Input.TICK, group=Group.PUBLICATION),
)

BY_NAME = {one.name: one for one in FIELDS}
PERSONAL = tuple(one.name for one in FIELDS if one.personal)
"""The fields that hold somebody's personal data: with one of them, consent is needed."""


def most(name: str) -> int:
    """The bound of the field `name`. Raises KeyError for a field that has none."""
    bound = BY_NAME[name].most
    if bound is None:
        raise KeyError(name)
    return bound

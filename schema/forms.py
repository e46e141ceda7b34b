"""The form: what a petitioner fills in, on whichever page, and why it cannot be taken."""

import base64
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import (
    Field,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from schema.codes import ReplyBy
from schema.form_fields import FILE_KINDS, most
from schema.form_fields import MAX_FILE_BYTES as MAX_FILE_BYTES
from schema.form_fields import MAX_FILES as MAX_FILES
from schema.model import Frozen, Tolerant
from schema.party import MOST_REPRESENTATIVES, FiledAs
from schema.plain_text import is_blank, plain_text
from schema.submission import Attachment, Consent

MAX_TEXT = most("text")
MAX_FORM_BYTES = 512 * 1024
"""Of everything but the files: what a message on Kafka can carry, and far more than the text."""


class FieldFault(Frozen):
    """One field that could not be taken, and what to do about it."""

    field: str
    message_ko: str
    message_en: str


class FormRefusedError(Exception):
    """The form cannot be taken as it is; `faults` says of each field why."""

    def __init__(self, *faults: FieldFault) -> None:
        super().__init__(", ".join(fault.field for fault in faults))
        self.faults = faults


class FormTooLargeError(FormRefusedError):
    """The form is larger than MAX_FORM_BYTES even without its files."""

    def __init__(self) -> None:
        super().__init__(
            FieldFault(
                field="body",
                message_ko=f"너무 큽니다. 파일을 빼고 {MAX_FORM_BYTES // 1024}KB까지 받습니다.",
                message_en=f"Too large; up to {MAX_FORM_BYTES // 1024} KB beside the files.",
            )
        )


class ReceivedVia(StrEnum):
    """How a petition reached the desk of the officer who entered it."""

    VISIT = "visit"
    LETTER = "letter"
    CALL = "call"


def _without_blanks(data: Any) -> Any:
    """A blank or null field of a form says nothing: the same as a field that is not there."""
    if not isinstance(data, dict):
        return data
    return {name: value for name, value in data.items() if value is not None and value != ""}


def _wrong(code: str) -> PydanticCustomError:
    """A fault whose words stand in `_FAULT_WORDS`."""
    return PydanticCustomError(code, code)


class _FormPart(Tolerant):
    _drop_blanks = model_validator(mode="before")(_without_blanks)


class FormLocation(_FormPart):
    """Where it is (위치): a point in WGS84 degrees, an address in words, or both."""

    lat: float | None = Field(default=None, description="위도 / latitude, WGS84 degrees")
    long: float | None = Field(default=None, description="경도 / longitude, WGS84 degrees")
    address: str | None = Field(
        default=None,
        max_length=most("address"),
        description="주소나 장소 / address or place in words",
    )


class FormContact(_FormPart):
    """How to reach the petitioner (연락처); all of it optional."""

    name: str | None = Field(default=None, max_length=most("name"), description="이름 / name")
    phone: str | None = Field(
        default=None, max_length=most("phone"), description="전화번호 / telephone number"
    )
    email: str | None = Field(
        default=None, max_length=most("email"), description="전자우편 / e-mail address"
    )

    @field_validator("phone")
    @classmethod
    def _has_a_number_of_digits(cls, phone: str) -> str:
        if not 7 <= sum(ch.isdigit() for ch in phone) <= 15:
            raise _wrong("phone")
        return phone

    @field_validator("email")
    @classmethod
    def _is_an_address(cls, email: str) -> str:
        name, at, host = email.strip().rpartition("@")
        if (
            not (name and at and "." in host and email.strip().isprintable())
            or " " in email.strip()
        ):
            raise _wrong("email")
        return email.strip()


class FormPerson(_FormPart):
    """Somebody behind the petition, by name (본인 또는 대표자)."""

    name: str = Field(min_length=1, max_length=most("principal"), description="이름 / name")
    phone: str | None = Field(
        default=None, max_length=most("phone"), description="전화번호 / telephone"
    )


class FormParty(_FormPart):
    """For whom it is filed (대리·대표·법정대리), and by how many (다수인관련민원)."""

    filed_as: FiledAs = Field(
        default=FiledAs.SELF, description="본인·대리인·대표자·법정대리인 / as what you file"
    )
    principal: FormPerson | None = Field(
        default=None, description="누구를 대신하는지 / for whom a proxy or a guardian files"
    )
    under_14: bool = Field(
        default=False, description="14세 미만 아동의 민원 / for a child under 14"
    )
    households: int = Field(
        default=0, ge=0, le=most("households"), description="세대 수 / households"
    )
    signatures: int = Field(
        default=0, ge=0, le=most("signatures"), description="연명 인원 / signatures"
    )
    representatives: tuple[FormPerson, ...] = Field(
        default=(), description=f"대표자, {MOST_REPRESENTATIVES}명까지 / representatives"
    )

    @model_validator(mode="after")
    def _is_whole(self) -> "FormParty":
        """영 §8①; 개인정보 보호법 §22의2: a child's data need the guardian's consent."""
        if len(self.representatives) > MOST_REPRESENTATIVES:
            raise _wrong("representatives")
        if self.under_14 and self.filed_as is not FiledAs.GUARDIAN:
            raise _wrong("guardian")
        for_another = self.filed_as in (FiledAs.PROXY, FiledAs.GUARDIAN)
        if for_another and self.principal is None:
            raise _wrong("principal")
        return self


class FormConsent(_FormPart):
    """Which privacy notice (개인정보 수집·이용 동의) was agreed to, and for which items."""

    version: str = Field(max_length=40)
    items: tuple[str, ...] = ()

    def kept(self) -> Consent:
        """The consent as the submission carries it."""
        return Consent(version=self.version, items=self.items)


class FormFile(_FormPart):
    """A photo sent inside the form (첨부 사진)."""

    name: str = Field(min_length=1, max_length=200, description="파일 이름 / file name")
    media_type: str | None = Field(default=None, max_length=100, examples=["image/jpeg"])
    content_base64: str = Field(min_length=1, description="파일 내용, base64 / the file, base64")

    @field_validator("content_base64")
    @classmethod
    def _is_not_too_large(cls, encoded: str) -> str:
        if len(encoded) > (MAX_FILE_BYTES + 2) // 3 * 4:
            raise _wrong("file_too_large")
        return encoded

    def content(self) -> bytes:
        """The file; raises FormRefusedError that names it where the base64 is broken."""
        try:
            return base64.b64decode(self.content_base64, validate=True)
        except ValueError:
            raise FormRefusedError(unreadable_file(self.name)) from None


def unreadable_file(
    name: str, why_ko: str = "읽을 수 없습니다.", why_en: str = "It cannot be read."
) -> FieldFault:
    """The fault of the file `name`: the form can still be sent without it."""
    return FieldFault(
        field=f"attachments.{name}",
        message_ko=f"'{name}': {why_ko} 이 파일을 빼고 보낼 수 있습니다.",
        message_en=f"'{name}': {why_en} The form can be sent without it.",
    )


class FormFields(_FormPart):
    """All of a form but its files. Fields that nobody knows are kept."""

    text: str = Field(
        min_length=1,
        description=f"내용, {MAX_TEXT:,}자까지 / what happened, up to {MAX_TEXT:,} characters",
        examples=["집 앞 보도블록이 깨져 아이가 넘어졌습니다."],
    )
    kind: Literal["petition", "proposal"] = Field(
        default="petition", description="민원 또는 제안 / petition or proposal"
    )
    item: str | None = Field(
        default=None, max_length=most("item"), description="분류 코드 / taxonomy code, when known"
    )
    location: FormLocation = Field(
        default=FormLocation(), description="위치, 없어도 됩니다 / place, may be missing"
    )
    contact: FormContact = Field(
        default=FormContact(), description="연락처, 없어도 됩니다 / contact, may be missing"
    )
    reply_by: ReplyBy | None = Field(
        default=None,
        description="답변 받을 방법 / how to be told; else by the contact given, else on the page",
    )
    public: bool = Field(
        default=True, description="공개 여부 / may the (masked) petition be shown to everyone"
    )
    party: FormParty = Field(
        default=FormParty(), description="대리·대표·다수인 / proxies, representatives, many"
    )
    consent: FormConsent | None = Field(
        default=None, description="개인정보 동의 / the privacy notice agreed to"
    )
    language: str = Field(default="ko", pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")
    plate: str | None = Field(
        default=None,
        max_length=most("plate"),
        description="차량번호, 주정차 신고 / number plate, of parking reports",
    )
    site: str | None = Field(
        default=None, max_length=200, description="양식이 실린 곳 / where the form stands"
    )
    same_as: str | None = Field(
        default=None,
        max_length=40,
        description="저도요: 같은 내용의 공개 민원 번호 / same here: the public case it joins",
    )

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        plain = plain_text(text)
        if is_blank(plain):
            raise _wrong("blank")
        if len(plain) > MAX_TEXT:
            raise _wrong("text_too_long")
        return plain


_TAKEN = ", ".join(kind.media_type for kind in FILE_KINDS)


class PetitionForm(FormFields):
    """A petition or proposal (민원·제안 신청) as it is posted."""

    attachments: tuple[FormFile, ...] = Field(
        default=(),
        max_length=MAX_FILES,
        description=f"파일 {MAX_FILES}개까지 / up to {MAX_FILES} files: {_TAKEN}",
    )


class JournalledForm(FormFields):
    """The form as the journal keeps it: its files are already stored, and named by their facts."""

    attachments: tuple[Attachment, ...] = ()


class DeskEntry(Tolerant):
    """A form that an officer filled in for a petitioner who came, wrote or called (대리 입력)."""

    form: JournalledForm
    entered_by: str
    received_via: ReceivedVia | None = None
    received_at: datetime | None = None


_FAULT_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("꼭 필요한 항목입니다.", "This field is required."),
    "blank": ("내용을 적어 주세요.", "Say what it is about."),
    "text_too_long": (
        f"내용이 너무 깁니다. {MAX_TEXT:,}자까지 적을 수 있습니다.",
        f"The text is too long; up to {MAX_TEXT:,} characters.",
    ),
    "representatives": (
        f"대표자는 {MOST_REPRESENTATIVES}명까지 적을 수 있습니다.",
        f"Up to {MOST_REPRESENTATIVES} people represent the others.",
    ),
    "guardian": (
        "14세 미만 아동의 민원은 법정대리인이 신청합니다.",
        "For a child under 14 the legal guardian files.",
    ),
    "principal": (
        "누구를 대신해 신청하는지 이름을 적어 주세요.",
        "Give the name of the person for whom you file.",
    ),
    "phone": ("전화번호를 확인해 주세요.", "Check the telephone number."),
    "email": ("전자우편 주소를 확인해 주세요.", "Check the e-mail address."),
    "file_too_large": (
        f"파일이 너무 큽니다. 한 장에 {MAX_FILE_BYTES // 1024 // 1024}MB까지 올릴 수 있습니다.",
        f"The file is too large; up to {MAX_FILE_BYTES // 1024 // 1024} MB each.",
    ),
    "too_long": (
        f"사진은 {MAX_FILES}장까지 올릴 수 있습니다.",
        f"Up to {MAX_FILES} photos can be sent.",
    ),
    "string_too_long": ("너무 깁니다.", "Too long."),
    "string_type": ("글자로 적어 주세요.", "Must be text."),
    "literal_error": ("petition 또는 proposal이어야 합니다.", "Must be petition or proposal."),
    "enum": (
        f"다음 가운데 하나여야 합니다: {', '.join(ReplyBy)}.",
        f"Must be one of: {', '.join(ReplyBy)}.",
    ),
    "bool_parsing": ("true 또는 false여야 합니다.", "Must be true or false."),
    "float_parsing": ("숫자로 적어 주세요.", "Must be a number."),
    "json_invalid": ("보낸 내용을 JSON으로 읽을 수 없습니다.", "The body is not readable as JSON."),
    "model_type": ("이름과 값의 묶음이어야 합니다.", "Must be an object of names and values."),
}
_OTHER_FAULT = ("값을 확인해 주세요.", "Check this value.")
_WITHOUT_TEXT = ("내용을 적어 주세요.", "Say what it is about.")


def _fault(error: ErrorDetails) -> FieldFault:
    field = ".".join(str(part) for part in error["loc"]) or "body"
    if field == "text" and error["type"] == "missing":
        korean, english = _WITHOUT_TEXT
    else:
        korean, english = _FAULT_WORDS.get(error["type"], _OTHER_FAULT)
    return FieldFault(field=field, message_ko=korean, message_en=english)


def read_form(body: bytes) -> PetitionForm:
    """The form in a JSON body; raises FormRefusedError that names every wrong field."""
    try:
        return PetitionForm.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise FormRefusedError(*map(_fault, faults)) from None

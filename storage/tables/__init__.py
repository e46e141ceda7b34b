"""The tables, a module for each part. Times are timestamptz in UTC; what is sealed is bytea under
a data key."""

from storage.tables.audit import audit_entry, audit_seal
from storage.tables.case import (
    ADDRESS_WORDS,
    BY_ITSELF,
    CAME_TO,
    WAS_ASKED,
    attachment,
    case_event,
    case_text,
    cases,
    command,
    petitioner,
)
from storage.tables.columns import metadata
from storage.tables.credits import credit_entry, credit_request
from storage.tables.desk import bulk_item, bulk_job, saved_view
from storage.tables.exports import search_export, search_export_piece
from storage.tables.intake import (
    data_key,
    external_alias,
    intake_journal,
    quarantine,
    registered_revision,
)
from storage.tables.measures import case_measure
from storage.tables.moderation import moderation_item
from storage.tables.partners import partner, partner_request
from storage.tables.phones import phone_code, phone_session
from storage.tables.staff import (
    act_draft,
    exception_item,
    sign_on_attempt,
    staff_absence,
    staff_account,
    staff_duty,
    staff_session,
)
from storage.tables.telling import log_position, outbox, reply, staff_notice
from storage.tables.time import (
    calendar_override,
    calendar_version,
    city_data,
    outage_window,
    owed_look,
    recomputation,
)

__all__ = [
    "ADDRESS_WORDS",
    "BY_ITSELF",
    "CAME_TO",
    "WAS_ASKED",
    "act_draft",
    "attachment",
    "audit_entry",
    "audit_seal",
    "bulk_item",
    "bulk_job",
    "calendar_override",
    "calendar_version",
    "case_event",
    "case_measure",
    "case_text",
    "cases",
    "city_data",
    "command",
    "credit_entry",
    "credit_request",
    "data_key",
    "exception_item",
    "external_alias",
    "intake_journal",
    "log_position",
    "metadata",
    "moderation_item",
    "outage_window",
    "outbox",
    "owed_look",
    "partner",
    "partner_request",
    "petitioner",
    "phone_code",
    "phone_session",
    "quarantine",
    "recomputation",
    "registered_revision",
    "reply",
    "saved_view",
    "search_export",
    "search_export_piece",
    "sign_on_attempt",
    "staff_absence",
    "staff_account",
    "staff_duty",
    "staff_notice",
    "staff_session",
]

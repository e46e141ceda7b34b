"""Whatever reads a file of the city's data: run in turn, they say whether it can be read."""

from collections.abc import Callable
from datetime import date

from rules.approval import approval_rules
from rules.city_accounts import city_accounts
from rules.classification import classify, keywords, opinion_kind
from rules.credits import credit_rules
from rules.district_outlines import district_outlines
from rules.escalation import read_escalation
from rules.evidence import evidence_rules
from rules.figures import figures
from rules.geography import dongs, landmarks, roads
from rules.masking import mask
from rules.moderation import moderation_words
from rules.notice_texts import read_notice_texts
from rules.notices import read_notices
from rules.organisation import (
    agencies,
    departments,
    districts,
)
from rules.packs import packs
from rules.place import locate
from rules.quality import quality_rules
from rules.reply_templates import reply_templates
from rules.request_limits import request_limits
from rules.services import asked_attributes
from rules.sign_on import sign_on_mapping
from rules.sites import embedding_sites
from rules.taxonomy import groups, leaves
from rules.veil import veil_words
from schema.codes import Channel

_SAID = "가로등이 나갔습니다. 신고자 홍길동"

READERS: tuple[Callable[[], object], ...] = (
    districts,
    agencies,
    lambda: departments(date.min),
    groups,
    lambda: leaves(date.min),
    dongs,
    roads,
    landmarks,
    district_outlines,
    request_limits,
    moderation_words,
    approval_rules,
    city_accounts,
    embedding_sites,
    keywords,
    asked_attributes,
    credit_rules,
    evidence_rules,
    read_escalation,
    read_notices,
    read_notice_texts,
    packs,
    sign_on_mapping,
    quality_rules,
    reply_templates,
    veil_words,
    figures,
    lambda: classify(_SAID, channel=Channel.SMS_120, channel_category="도로"),
    lambda: opinion_kind(_SAID),
    lambda: mask(_SAID),
    lambda: locate(address=_SAID, text=_SAID),
)
"""Whatever reads a file; the last ones make their patterns of the words."""

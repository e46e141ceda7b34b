"""The shares of the city: how much of what is filed, where, by which way, and when.

After the city's published figures of 2025 (field complaints: traffic 73 %, street 7 %, cleaning
5 %, road 4 %; 94 % in time) and what is known of the other groups; the rest is judgement.
"""

from collections.abc import Mapping
from datetime import date

from schema.codes import Channel

GROUPS: Mapping[str, float] = {
    "TR": 61.0,
    "RD": 6.5,
    "CL": 6.5,
    "SO": 6.5,
    "HB": 2.2,
    "WD": 1.8,
    "HL": 1.6,
    "PK": 2.0,
    "EN": 3.0,
    "EC": 0.7,
    "SF": 0.6,
    "PT": 3.0,
    "WF": 1.0,
    "TX": 0.6,
    "CU": 0.6,
    "AD": 1.8,
    "SG": 0.6,
}
"""Per cent of all cases, by group of the taxonomy; a group's first leaves have most of it."""

CHANNELS: Mapping[Channel, float] = {
    Channel.SMART_REPORT: 62.0,
    Channel.WEB_FORM: 19.0,
    Channel.SMS_120: 14.0,
    Channel.SNS: 5.0,
}

MONTHS = (0.92, 0.86, 0.98, 1.02, 1.06, 1.05, 1.12, 1.10, 1.06, 1.04, 0.94, 0.85)
WEEKDAYS = (1.12, 1.08, 1.06, 1.05, 1.08, 0.86, 0.75)
HOURS = (
    *(0.8, 0.4, 0.3, 0.2, 0.3, 0.6, 1.4, 3.0, 5.2, 6.0, 6.2, 6.0),
    *(5.0, 5.6, 6.0, 6.2, 6.2, 6.4, 6.6, 6.0, 5.4, 4.6, 3.4, 2.0),
)

SEASONS: Mapping[str, Mapping[int, float]] = {
    "RD08": {12: 9.0, 1: 12.0, 2: 7.0, 3: 0.4, **dict.fromkeys(range(4, 11), 0.02), 11: 1.5},
    "WD03": {6: 3.0, 7: 9.0, 8: 8.0, 9: 3.0},
    "WD02": {6: 2.0, 7: 4.0, 8: 4.0},
    "RD01": {2: 1.8, 3: 2.2, 7: 1.8, 8: 1.8},
    "HL02": {6: 3.0, 7: 4.0, 8: 4.0},
    "EN02": {5: 1.6, 6: 2.0, 7: 2.2, 8: 2.2, 9: 1.6},
    "PK03": {5: 1.8, 6: 2.0, 10: 1.6, 11: 2.0},
    "CL04": {10: 1.6, 11: 3.0},
}
"""By how much an item is filed more often in a month than otherwise."""

CAMPAIGN_EVERY = 55
"""Days from one wave about one matter in one district to the next, about."""
CAMPAIGN_DAYS = 5
CAMPAIGN_SHARE = 0.08

LATE = 0.06
ON_CALL = 0.087
"""Answered by the 120 agent on the call (즉시답변), of what comes by telephone."""
TRANSFERRED = 0.05
TO_ANOTHER_AGENCY = 0.3
EXTENDED = 0.03
SUPPLEMENTED = 0.02
WITHDRAWN = 0.015
REFUSED = 0.015
RATED = 0.11
ASKED_AGAIN = 0.02
GRADES = (0.09, 0.08, 0.18, 0.30, 0.35)


def weight_of(day: date) -> float:
    """How much is filed on `day`, 1 for an average one; a little more each year."""
    growth = 1 + 0.04 * ((day.year - 2024) + day.timetuple().tm_yday / 366)
    return MONTHS[day.month - 1] * WEEKDAYS[day.weekday()] * growth

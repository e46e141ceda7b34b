"""What GeoReport v2 says of the JSON of its answers, as JSON schemas of our own wording."""

from typing import Any

TEXT = {"type": "string"}
MAYBE_TEXT = {"type": ["string", "null"]}
MAYBE_NUMBER = {"type": ["number", "null"]}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$"}
MAYBE_INSTANT = {"anyOf": [INSTANT, {"type": "null"}]}
MAYBE_LINK = {"anyOf": [{"type": "string", "pattern": "^https?://"}, {"type": "null"}]}


def whole(properties: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An object that has all of `properties`, each as it says."""
    return {"type": "object", "properties": properties, "required": list(properties), **more}


def listed(entry: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A bare list of `entry`."""
    return {"type": "array", "items": entry, **more}


SERVICES = listed(
    whole(
        {
            "service_code": TEXT,
            "service_name": {"type": "string", "minLength": 1},
            "description": MAYBE_TEXT,
            "metadata": {"type": "boolean"},
            "type": {"enum": ["realtime", "batch", "blackbox"]},
            "keywords": MAYBE_TEXT,
            "group": MAYBE_TEXT,
        }
    ),
    minItems=1,
)
DEFINITION = whole(
    {
        "service_code": TEXT,
        "attributes": listed(
            whole(
                {
                    "variable": {"type": "boolean"},
                    "code": TEXT,
                    "datatype": {
                        "enum": [
                            *("string", "number", "datetime", "text"),
                            *("singlevaluelist", "multivaluelist"),
                        ]
                    },
                    "required": {"type": "boolean"},
                    "datatype_description": MAYBE_TEXT,
                    "order": {"type": "integer", "minimum": 1},
                    "description": MAYBE_TEXT,
                    "values": listed(whole({"key": TEXT, "name": TEXT})),
                }
            )
        ),
    }
)
REQUESTS = listed(
    whole(
        {
            "service_request_id": {"type": "string", "minLength": 1},
            "status": {"enum": ["open", "closed"]},
            "status_notes": MAYBE_TEXT,
            "service_name": MAYBE_TEXT,
            "service_code": TEXT,
            "description": {"type": ["string", "null"], "maxLength": 4000},
            "agency_responsible": MAYBE_TEXT,
            "service_notice": MAYBE_TEXT,
            "requested_datetime": INSTANT,
            "updated_datetime": MAYBE_INSTANT,
            "expected_datetime": MAYBE_INSTANT,
            "address": MAYBE_TEXT,
            "address_id": MAYBE_TEXT,
            "zipcode": MAYBE_TEXT,
            "lat": MAYBE_NUMBER,
            "long": MAYBE_NUMBER,
            "media_url": MAYBE_LINK,
        }
    )
)
DISCOVERY = whole(
    {
        "changeset": INSTANT,
        "contact": {"type": "string", "minLength": 1},
        "key_service": {"type": "string", "minLength": 1},
        "max_requests": {"const": 1000},
        "endpoints": listed(
            whole(
                {
                    "specification": {"const": "http://wiki.open311.org/GeoReport_v2"},
                    "url": {"type": "string", "pattern": "^https?://"},
                    "changeset": INSTANT,
                    "type": {"enum": ["production", "test"]},
                    "formats": {
                        "type": "array",
                        "contains": {"const": "text/xml"},
                        "minItems": 2,
                    },
                }
            ),
            minItems=2,
        ),
    }
)
POSTED = listed(
    whole({"service_request_id": TEXT, "service_notice": MAYBE_TEXT, "account_id": MAYBE_TEXT}),
    minItems=1,
    maxItems=1,
)
UPDATES = listed(
    whole(
        {
            "update_id": {"type": "string", "minLength": 1},
            "service_request_id": TEXT,
            "status": {
                "enum": [
                    *("open", "closed", "fixed", "in_progress", "planned", "investigating"),
                    *("duplicate", "no_further_action", "internal_referral", "cancelled"),
                ]
            },
            "updated_datetime": INSTANT,
            "description": {"type": "string", "minLength": 1},
            "media_url": MAYBE_LINK,
        }
    )
)
ERRORS = listed(
    whole({"code": {"type": "integer"}, "description": {"type": "string", "minLength": 1}}),
    minItems=1,
)

"""Signatures of our own formats."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.signatures import is_signed, signed

KEY = "a key of the test"


def test_a_signature_is_the_hmac_in_lower_case_hex() -> None:
    """The header is what any HMAC-SHA256 tool prints (RFC 4231, test case 2)."""
    assert signed(b"what do ya want for nothing?", "Jefe") == (
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@given(body=st.binary(max_size=200))
def test_every_signed_body_is_recognised(body: bytes) -> None:
    """What is signed with the key is taken as signed."""
    assert is_signed(body, signed(body, KEY), KEY)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        (None, KEY),
        ("", KEY),
        ("sha256=", KEY),
        (signed(b"another body", KEY), KEY),
        (signed(b"body", "another key"), KEY),
        (signed(b"body", KEY).removeprefix("sha256="), KEY),
        (signed(b"body", KEY).upper(), KEY),
        ("sha256=ü" + "0" * 63, KEY),
        (signed(b"body", ""), ""),
        (signed(b"body", KEY), None),
    ],
)
def test_anything_else_is_refused(header: str | None, key: str | None) -> None:
    """No header, a wrong one, or a key that was never set: not signed."""
    assert not is_signed(b"body", header, key)

"""The registry of the city's accounts: who is ours, on which network."""

import pytest

from rules.city_accounts import city_accounts, is_city_account


@pytest.mark.parametrize(
    ("network", "account", "ours"),
    [
        ("x", "1700000000000000120", True),
        ("facebook", "100000000000120", True),
        ("facebook", "1700000000000000120", False),
        ("x", "7", False),
        ("x", None, False),
        ("x", "", False),
    ],
)
def test_an_account_is_ours_on_its_own_network_only(
    network: str, account: str | None, ours: bool
) -> None:
    """Two networks may give the same id to two people."""
    assert is_city_account(network, account) is ours


def test_no_account_stands_in_the_registry_twice() -> None:
    """Else nobody could say which department answers for it."""
    named = [(one.network, one.account) for one in city_accounts()]
    assert len(named) == len(set(named))

"""The registry of the city's accounts on social networks: only what is said to them is ours."""

from rules.tables import Dated, of_city_data, rows


class CityAccount(Dated):
    """One account of the city; `account` is the network's own id of it."""

    network: str
    account: str
    handle: str
    name_ko: str
    department: str


@of_city_data
def city_accounts() -> tuple[CityAccount, ...]:
    """Every account, in the order of the table."""
    return rows("city_accounts.csv", CityAccount)


def is_city_account(network: str, account: str | None) -> bool:
    """True for an account of the city on `network`."""
    return any(one.network == network and one.account == account for one in city_accounts())

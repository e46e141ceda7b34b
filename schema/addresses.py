"""Where people find a case: the one address that letters, messages, gateways and pages name."""


def case_address(pages_url: str, number: str, key: str | None = None) -> str:
    """The page of case `number`; with the petitioner's key it opens by itself. `pages_url` has no
    slash at the end."""
    address = f"{pages_url}/cases/{number}"
    return f"{address}?key={key}" if key else address

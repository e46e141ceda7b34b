"""What a database error means: the data is wrong, or the database is away."""

from sqlalchemy.exc import DBAPIError

DATA_CLASSES = ("22", "23", "42")
"""SQLSTATE classes: data exception, integrity violation, wrong statement. Trying again gives the
same error; everything else (connection lost, shutdown, lock time-out) passes."""


def is_permanent(error: DBAPIError) -> bool:
    """True when the same statement with the same data would fail again."""
    state = getattr(error.orig, "sqlstate", None) or ""
    return str(state).startswith(DATA_CLASSES)

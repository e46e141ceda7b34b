"""The sites of departments that carry our form: under which name, for what, and from which origins.

Only the origins named here may put the form into a frame (CSP frame-ancestors).
"""

import re
from datetime import date

from pydantic import field_validator

from rules.tables import Dated, of_city_data, rows

_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?")


class EmbeddingSite(Dated):
    """A site by its code. `item` is preset in its form; `department` answers for the site (whose
    a petition is, the rules of routing say)."""

    code: str
    name_ko: str
    name_en: str
    origins: tuple[str, ...]
    item: str | None = None
    department: str

    @field_validator("origins", mode="before")
    @classmethod
    def _are_origins(cls, written: object) -> object:
        """Separated by blanks: scheme, host and port, and nothing behind."""
        origins = written.split() if isinstance(written, str) else written
        if not isinstance(origins, list | tuple) or not origins:
            raise ValueError("origins")
        if any(_ORIGIN.fullmatch(str(origin)) is None for origin in origins):
            raise ValueError("origins")
        return tuple(origins)


@of_city_data
def embedding_sites() -> tuple[EmbeddingSite, ...]:
    """Every site, in the order of the table."""
    return rows("sites.csv", EmbeddingSite)


def embedding_site(code: str | None, *, on_date: date) -> EmbeddingSite | None:
    """The site `code` as it is on `on_date`, or None."""
    return next(
        (one for one in embedding_sites() if one.code == code and one.valid_on(on_date)), None
    )

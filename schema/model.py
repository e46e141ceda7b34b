"""The one shape of every value that crosses a border."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """A value that never changes once made. Unknown fields are an error: a typo is not data."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Tolerant(BaseModel):
    """What comes from outside: frozen, and an unknown field is kept rather than refused."""

    model_config = ConfigDict(frozen=True, extra="allow")

"""The reason that is asked for before somebody's data is opened or taken out: a choice, and words
where the choice says nothing."""

from pydantic import Field

from schema.audit import Why
from schema.model import Frozen

LONGEST_WORDS = 200


class ReasonForm(Frozen):
    """What the form sends. `fault` is the text that says what lacks, None where nothing does."""

    csrf: str = ""
    why: str = ""
    words: str = Field(default="", max_length=LONGEST_WORDS)

    @property
    def chosen(self) -> Why | None:
        """The reason chosen, or None."""
        return Why(self.why) if self.why in set(Why) else None

    @property
    def said(self) -> str | None:
        """The words, None for none."""
        return self.words.strip() or None

    @property
    def fault(self) -> str | None:
        """The key of the text that says what lacks."""
        if self.chosen is None:
            return "why_asked.choose"
        if self.chosen is Why.OTHER and self.said is None:
            return "why_asked.say"
        return None

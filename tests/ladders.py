"""The city's rules with other ladders than its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from rules.book import RuleBook, read_rule_book
from rules.escalation import Escalation, Ladder, read_escalation


@dataclass(frozen=True)
class OtherLadders(RuleBook):
    """A rule book whose ladders are not those of the city's data."""

    found: Escalation

    @property
    def escalation(self) -> Escalation:
        """The ladders given."""
        return self.found


def book_with(ladders: Iterable[Ladder]) -> RuleBook:
    """The city's rule book with these ladders alone."""
    found = read_escalation().model_copy(update={"ladder": tuple(ladders)})
    return OtherLadders(other_period=read_rule_book().other_period, found=found)

"""Who stands behind a petition: the petitioner, a proxy, representatives of many, a guardian."""

from enum import StrEnum

from pydantic import Field

from schema.model import Frozen

MOST_REPRESENTATIVES = 3
"""영 §8①: of three and more petitioners, at most three represent the others."""


class FiledAs(StrEnum):
    """As what somebody files."""

    SELF = "self"
    PROXY = "proxy"
    """대리인 (위임장, 시행규칙 별지 제3호)"""
    REPRESENTATIVE = "representative"
    """다수 민원인의 대표자 (영 §8)"""
    GUARDIAN = "guardian"
    """법정대리인; for a child under 14 always (개인정보 보호법 §22의2)."""


class Person(Frozen):
    """Somebody by name; sealed wherever it is stored."""

    name: str
    phone: str | None = None


class Party(Frozen):
    """The people of a petition beside the one who wrote. `principal` is for whom a proxy or a
    guardian files; `households` and `signatures` are those of a petition of many (법 §2 6호)."""

    filed_as: FiledAs = FiledAs.SELF
    principal: Person | None = None
    under_14: bool = False
    households: int = Field(default=0, ge=0, le=100_000)
    signatures: int = Field(default=0, ge=0, le=100_000)
    representatives: tuple[Person, ...] = Field(default=(), max_length=MOST_REPRESENTATIVES)

    def codes(self) -> dict[str, str | int | bool]:
        """What of it may stand in an event: no name, no telephone; only what is not usual."""
        found: dict[str, str | int | bool] = {
            "filed_as": self.filed_as.value,
            "under_14": self.under_14,
            "households": self.households,
            "signatures": self.signatures,
            "representatives": len(self.representatives),
        }
        return {name: value for name, value in found.items() if value not in (0, False, "self")}

"""The top-level names are short: nobody else's package may own one of them."""

from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = (
    "activities",
    "adapters",
    "cli",
    "rules",
    "schema",
    "settings",
    "stack",
    "storage",
    "web",
    "worker",
    "workflows",
)


def test_the_list_of_our_names_is_whole() -> None:
    """Every top-level package and module of the project is in the list."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {path.stem for path in ROOT.glob("*.py")}
    assert (packages | modules) - {"tests", "bench"} == set(OURS)


@pytest.mark.parametrize("name", OURS)
def test_no_installed_distribution_owns_our_name(name: str) -> None:
    """Importing it gives ours, whatever else is installed."""
    owners = set(packages_distributions().get(name, []))
    assert owners <= {"minwon"}

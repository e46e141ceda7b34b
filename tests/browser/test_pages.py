"""What holds for every page and state of the catalogue, in both languages."""

from collections import Counter

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from tests.browser.conftest import Look
from tests.browser.pages import NOT_PAGES, PAGES, Shown
from tests.web.conftest import City
from web.problems import PROGRAM_PREFIXES
from web.wording import Language, Wording

each_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
each_language = pytest.mark.parametrize("language", Language, ids=str)

CHECKS = {
    "status": "The page is there, or says what it should say where it is not.",
    "axe": "axe finds nothing serious or critical.",
    "pa11y": "pa11y (HTML CodeSniffer, WCAG 2 AA) finds no error.",
    "html": "html-validate finds the HTML valid.",
    "console": "The browser complains of nothing: no error, no refused content (CSP), no 404.",
    "headings": "One h1, and no level of headings is left out.",
    "forms": "Every field has a label, every choice a legend, every form an address and a button.",
    "told": "Every wrong field says so beside itself and in the summary.",
    "small": "What is pressed is at least 24 px high and wide.",
    "focus": "Whoever holds the focus is seen to hold it.",
    "phone": "At 320 px nothing sticks out to the side, is cut off or too small.",
    "zoom": "At 200 % zoom, and with letters of twice the size, nothing sticks out or is cut off.",
}
ONCE = {
    "dark": "axe finds no contrast too low in the dark.",
    "keyboard": "The keyboard reaches everything in the page's order; the skip link is the first.",
    "plain": "Without JavaScript the page is the same page.",
}


@each_language
@each_page
@pytest.mark.parametrize("check", CHECKS)
async def test_every_page_holds(check: str, shown: Shown, language: Language, look: Look) -> None:
    """Each check of CHECKS, on each page and state, in each language."""
    found = await look(shown, language)
    assert not found.faults[check], CHECKS[check]


@each_page
@pytest.mark.parametrize("check", ONCE)
async def test_every_page_is_used_by_keyboard_and_without_scripts(
    check: str, shown: Shown, look: Look
) -> None:
    """What does not depend on the language is asked once."""
    found = await look(shown, Language.KO)
    assert not found.faults.get(check), ONCE[check]


@each_language
@each_page
async def test_every_page_says_its_language_and_name(
    shown: Shown, language: Language, look: Look
) -> None:
    """The language is the reader's; the title names the page and then the site."""
    found = await look(shown, language)
    site = Wording(language).t("site.name")
    assert found.language == language
    assert found.title.endswith(f" | {site}")
    assert found.title.removesuffix(f" | {site}").strip()


def test_the_catalogue_names_no_state_twice() -> None:
    """A name is what a failing test is found by."""
    assert not [name for name, times in Counter(one.name for one in PAGES).items() if times > 1]


def html_routes(app: FastAPI) -> set[str]:
    """The application's GET routes that answer a person."""
    found = {
        str(context.path)
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute) and "GET" in (context.methods or ())
    }
    return {path for path in found if not path.startswith(PROGRAM_PREFIXES)} - NOT_PAGES


async def test_every_page_of_the_application_is_in_the_catalogue(served_city: City) -> None:
    """A page that is added is looked at: whoever adds it adds a line to `pages.py`."""
    routes, shown = html_routes(served_city.app), {one.route for one in PAGES}
    assert not routes - shown, "add a line for each to tests/browser/pages.py"
    assert not shown - routes, "these are no pages (any more)"

"""Every page and state that a person may see, as one table.

A page is checked by adding a line: a name that says the state, the application's route that it
stands for, what makes the state (an async function of `states.py` that returns the address), and
who looks. All checks of `test_pages.py` then hold for it, in Korean and in English.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from playwright.async_api import Page

from schema.codes import Role
from tests.browser import states
from tests.web.conftest import FIRST_LINE, ROADS, City

Making = Callable[[City], Awaitable[str]]
Steps = Callable[[Page], Awaitable[None]]


class Who(StrEnum):
    """Who looks at a page."""

    CITIZEN = "citizen"
    TELEPHONE = "telephone"
    """Who proved to hold the telephone of `states.MINE`."""
    OFFICER = "officer"
    DESK = "desk"
    HEAD = "head"
    EXECUTIVE = "executive"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


ACCOUNTS: dict[Who, tuple[Role, str]] = {
    Who.OFFICER: (Role.OFFICER, ROADS),
    Who.DESK: (Role.FIRST_LINE, FIRST_LINE),
    Who.HEAD: (Role.DEPARTMENT_HEAD, ROADS),
    Who.EXECUTIVE: (Role.EXECUTIVE, FIRST_LINE),
    Who.ADMINISTRATOR: (Role.ADMINISTRATOR, FIRST_LINE),
    Who.AUDITOR: (Role.AUDITOR, FIRST_LINE),
}


@dataclass(frozen=True)
class Shown:
    """A page in one of its states.

    `path` makes the state and returns the address (or is the address); `steps` are what a person
    does there before the page is looked at, such as sending an empty form.
    """

    name: str
    route: str
    path: str | Making
    who: Who = Who.CITIZEN
    steps: Steps | None = None
    status: int = 200


async def ask_for_code(page: Page) -> None:
    """Have a code sent to a telephone."""
    await page.locator("#f-phone").fill("010-3333-4444")
    await page.locator("main form button").click()
    await page.locator("#f-code").wait_for()


async def enter_a_wrong_code(page: Page) -> None:
    """Have a code sent, and enter another."""
    await ask_for_code(page)
    await page.locator("#f-code").fill("no digits")
    await page.locator("main form button").click()
    await page.locator("#faults li").wait_for()


async def send_first_form(page: Page) -> None:
    """Send the first form of the content as it is, past what the browser itself would ask for."""
    await page.locator("main form[method=post]").first.evaluate(
        "form => { form.noValidate = true; }"
    )
    async with page.expect_navigation():
        await page.locator("main form[method=post] button:not([type=button])").first.click()


async def send_by_script(page: Page) -> None:
    """Send the empty form by its script: the page stays, with its faults."""
    await page.locator("[data-filing] button.big").click()
    await page.locator("#faults").wait_for(state="visible")


async def type_a_lamp(page: Page) -> None:
    """Type what is like a case nearby, and something personal, so that all is shown."""
    await page.locator("#f-text").fill("가로등이 꺼졌습니다")
    await page.locator("#f-address").fill("마포구 서교동")
    await page.locator("#f-phone").fill("010-0000-1234")
    await page.locator("[data-likely]").wait_for(state="visible")
    await page.locator("[data-similar]").wait_for(state="visible")


async def file_a_lamp(page: Page) -> None:
    """File in the frame: the receipt takes the form's place."""
    await page.locator("#f-text").fill("가로등이 꺼졌습니다")
    await page.locator("[data-filing] button.big").click()
    await page.locator("#receipt").wait_for()


async def send_an_answer(page: Page) -> None:
    """Send an answer that holds somebody else's name and a place left open: it is held back."""
    await page.locator("#act-answer > summary").click()
    await page.locator("#answer-text").fill("[날짜]에 이웃 박영수 님께 적극 검토하겠습니다.")
    async with page.expect_navigation():
        await page.locator("#act-answer button.button").first.click()


async def unfold(page: Page) -> None:
    """Show the file as a table too."""
    await page.locator("details.as-table > summary").click()


async def edit_a_template(page: Page) -> None:
    """Ask what a changed template would do."""
    area = page.locator("#f-text")
    await area.fill((await area.input_value()).replace("질의 답변", "물음에 답하기"))
    async with page.expect_navigation():
        await page.locator("main form button.button").click()


async def declare_a_holiday(page: Page) -> None:
    """Ask what a holiday would move."""
    await page.locator("#news-declare > summary").click()
    await page.locator("#declare-day").fill("2027-10-04")
    await page.locator("#declare-name").fill("임시공휴일")
    await page.locator("#declare-source").fill("관보")
    async with page.expect_navigation():
        await page.locator("#news-declare button").click()


async def preview_an_extension(page: Page) -> None:
    """Ask what a lawful extension would do."""
    await page.locator("details:has(#act-extend) > summary").first.click()
    await page.locator("#act-extend > summary").click()
    await page.locator("#extend-days").fill("3")
    await page.locator("#extend-reason_code").select_option("fact_finding")
    await page.locator("#extend-reason").fill("현장을 다시 보아야 합니다.")
    await page.locator("#act-extend [data-look]").click()
    await page.locator("#act-extend .foreseen").wait_for()


async def preview_an_answer(page: Page) -> None:
    """Choose two cases of the queue and see what the same answer would do to them."""
    await page.locator("[data-pick-all]").check()
    async with page.expect_navigation():
        await page.locator("#bulk button").click()
    await page.locator("details.act summary").last.click()
    await page.locator("#answer-text").fill("확인했습니다. 이번 주에 고치겠습니다.")
    async with page.expect_navigation():
        await page.locator("details.act[open] button").click()


EMBEDDED = "/embed/petitions/new?site=lights"


async def open_names(page: Page) -> None:
    """Ask for what is hidden, with a reason."""
    await page.locator("main details summary").last.click()
    await page.locator("main form[method=post] select[name=why]").select_option(index=1)
    await page.locator("main form[method=post] input[name=words]").fill("대장 확인")
    async with page.expect_navigation():
        await page.locator("main form[method=post] button").first.click()


EXPORTED = "/staff/exports/new?district=11440&q=%EB%8F%84%EB%A1%9C"


async def order_export(page: Page) -> None:
    """Order the file of a search, with a reason."""
    await page.locator("main select[name=why]").select_option(index=1)
    async with page.expect_navigation():
        await page.locator("main form[method=post] button").first.click()


PAGES: tuple[Shown, ...] = (
    Shown("home", "/", "/"),
    Shown("filing", "/petitions/new", "/petitions/new"),
    Shown("filing, a proposal", "/petitions/new", "/petitions/new?kind=proposal"),
    Shown("filing, with faults", "/petitions/new", "/petitions/new", steps=send_by_script),
    Shown("filing, with suggestions", "/petitions/new", states.similar, steps=type_a_lamp),
    Shown("filing, same here", "/petitions/new", states.same_here),
    Shown("embedded form", "/embed/petitions/new", EMBEDDED),
    Shown("embedded form, receipt", "/embed/petitions/new", EMBEDDED, steps=file_a_lamp),
    Shown(
        "embedded form, unknown site", "/embed/petitions/new", "/embed/petitions/new", status=404
    ),
    Shown("receipt", "/cases/{number}/receipt", states.receipt),
    Shown("find", "/cases", "/cases"),
    Shown("find, missed", "/cases/{number}", "/cases/261123-000001-K", status=404),
    Shown("no such page", "/", "/nowhere", status=404),
    Shown("case, waiting in the journal", "/cases/{number}", states.waiting),
    Shown("case, assigned", "/cases/{number}", states.assigned),
    Shown("case, urgent", "/cases/{number}", states.urgent),
    Shown("case, asked for a supplement", "/cases/{number}", states.supplement),
    Shown("case, extended", "/cases/{number}", states.extended),
    Shown("case, answered", "/cases/{number}", states.answered),
    Shown("case, refused", "/cases/{number}", states.refused),
    Shown("case, merged", "/cases/{number}", states.merged),
    Shown("case, withdrawn", "/cases/{number}", states.withdrawn),
    Shown("case, an act recorded", "/cases/{number}", states.act_recorded),
    Shown("case, rated low", "/cases/{number}", states.rated_low),
    Shown("case, late", "/cases/{number}", states.late),
    Shown("case, erased", "/cases/{number}", states.erased),
    Shown("withdrawing", "/cases/{number}/withdraw", states.withdrawing),
    Shown("my petitions, the telephone", "/my", "/my"),
    Shown("my petitions, no telephone", "/my", "/my", steps=send_first_form, status=422),
    Shown("my petitions, a wrong code", "/my/code", "/my", steps=enter_a_wrong_code, status=422),
    Shown("my petitions, the code", "/my/code", "/my", steps=ask_for_code),
    Shown("my petitions", "/my", states.mine, Who.TELEPHONE),
    Shown("volunteer hours", "/my/credits", "/my/credits", Who.TELEPHONE),
    Shown("public list", "/public", states.public_list),
    Shown("public list, nothing found", "/public", "/public?q=%EC%97%86%EB%8A%94%EB%A7%90"),
    Shown("public list, with faults", "/public", "/public?since=yesterday", status=422),
    Shown("public map", "/public/map", "/public/map"),
    Shown("public map, a district", "/public/map", "/public/map?district=3130000"),
    Shown("public case", "/public/{number}", states.public),
    Shown("no public case", "/public/{number}", "/public/261123-000001-K", status=404),
    Shown("sign-in", "/staff/sign-in", "/staff/sign-in"),
    Shown(
        "sign-in, wrong password",
        "/staff/sign-in",
        "/staff/sign-in",
        steps=send_first_form,
        status=401,
    ),
    Shown("queue", "/staff", states.queue, Who.DESK),
    Shown("queue, an officer's", "/staff", "/staff", Who.OFFICER),
    Shown("queue, empty", "/staff", "/staff?department=3010000.parking", Who.DESK),
    Shown(
        "several, the preview", "/staff/bulk", states.several, Who.OFFICER, steps=preview_an_answer
    ),
    Shown("several, a job", "/staff/bulk/{job}", states.bulk_job, Who.OFFICER),
    Shown("several, the jobs", "/staff/bulk", "/staff/bulk", Who.OFFICER),
    Shown("first-line desk", "/staff/first-line", states.first_line, Who.DESK),
    Shown("staff case", "/staff/cases/{number}", states.staff_case, Who.DESK),
    Shown("staff case, an officer's", "/staff/cases/{number}", states.staff_case, Who.OFFICER),
    Shown(
        "staff case, an answer held back",
        "/staff/cases/{number}",
        states.staff_case,
        Who.OFFICER,
        send_an_answer,
        422,
    ),
    Shown(
        "staff case, a preview",
        "/staff/cases/{number}",
        states.staff_case,
        Who.OFFICER,
        preview_an_extension,
    ),
    Shown("staff case, supplement", "/staff/cases/{number}", states.staff_supplement, Who.DESK),
    Shown("staff case, related", "/staff/cases/{number}", states.staff_related, Who.DESK),
    Shown("staff case, answered", "/staff/cases/{number}", states.staff_answered, Who.OFFICER),
    Shown("staff case, a refusal", "/staff/cases/{number}", states.staff_refusal, Who.DESK),
    Shown("my page", "/staff/me", "/staff/me", Who.OFFICER),
    Shown("people", "/staff/people", "/staff/people", Who.ADMINISTRATOR),
    Shown("people, a new one", "/staff/people/new", "/staff/people/new", Who.ADMINISTRATOR),
    Shown(
        "people, a new one with faults",
        "/staff/people/new",
        "/staff/people/new",
        Who.ADMINISTRATOR,
        steps=send_first_form,
        status=422,
    ),
    Shown("people, one", "/staff/people/{login}", states.person, Who.ADMINISTRATOR),
    Shown("city data", "/staff/city", "/staff/city", Who.ADMINISTRATOR),
    Shown(
        "city data, a file",
        "/staff/city/files/{name}",
        "/staff/city/files/approvals.csv",
        Who.ADMINISTRATOR,
        steps=unfold,
    ),
    Shown(
        "city data, its effect",
        "/staff/city/files/{name}",
        "/staff/city/files/reply_templates.toml",
        Who.ADMINISTRATOR,
        edit_a_template,
    ),
    Shown(
        "calendar",
        "/staff/city/calendar",
        "/staff/city/calendar",
        Who.ADMINISTRATOR,
        declare_a_holiday,
    ),
    Shown("audit log", "/staff/audit", "/staff/audit", Who.AUDITOR),
    Shown(
        "audit log, before",
        "/staff/audit/before",
        "/staff/audit/before?at=2030-01-01T00:00:00Z&lane=0&seq=0",
        Who.AUDITOR,
    ),
    Shown("moderation", "/staff/moderation", "/staff/moderation", Who.DESK),
    Shown("paper", "/staff/cases/{number}/papers/{seq}", states.paper, Who.OFFICER),
    Shown("register", "/staff/register", states.register, Who.OFFICER),
    Shown("register, names opened", "/staff/register", states.register, Who.OFFICER, open_names),
    Shown("not for you", "/staff/quarantine", "/staff/quarantine", Who.OFFICER, status=403),
    Shown("search", "/staff/search", "/staff/search", Who.DESK),
    Shown("search, a result", "/staff/search", states.searched, Who.DESK),
    Shown("search, nothing", "/staff/search", "/staff/search?q=없는말", Who.OFFICER),
    Shown("search, with faults", "/staff/search", "/staff/search?q=!!", Who.OFFICER, status=422),
    Shown(
        "export, an order with a fault",
        "/staff/exports/new",
        EXPORTED,
        Who.DESK,
        steps=send_first_form,
        status=422,
    ),
    Shown("exports", "/staff/exports", "/staff/exports", Who.OFFICER),
    Shown("exports, one under way", "/staff/exports", EXPORTED, Who.DESK, steps=order_export),
    Shown("board", "/staff/board", states.board, Who.EXECUTIVE),
    Shown("board, the map", "/staff/board/map", "/staff/board/map?figure=filed", Who.EXECUTIVE),
    Shown("board, the report", "/staff/board/report", "/staff/board/report", Who.EXECUTIVE),
    Shown("board, the people", "/staff/board/people", "/staff/board/people", Who.HEAD),
    Shown("board, the system", "/staff/board/system", "/staff/board/system", Who.EXECUTIVE),
    Shown(
        "board, a group",
        "/staff/board/groups/{group}",
        "/staff/board/groups/flow",
        Who.EXECUTIVE,
    ),
    Shown(
        "board, a figure",
        "/staff/board/figures/{code}",
        "/staff/board/figures/resolved?by=channel",
        Who.EXECUTIVE,
    ),
    Shown(
        "board, the cases",
        "/staff/board/figures/{code}/cases",
        "/staff/board/figures/resolution_median/cases",
        Who.EXECUTIVE,
    ),
    Shown("entry", "/staff/petitions/new", "/staff/petitions/new", Who.DESK),
    Shown(
        "entry, with faults",
        "/staff/petitions/new",
        "/staff/petitions/new",
        Who.DESK,
        steps=send_first_form,
        status=422,
    ),
    Shown("inbox", "/staff/inbox", states.inbox, Who.OFFICER),
    Shown("inbox, all", "/staff/inbox", "/staff/inbox?all=1", Who.OFFICER),
    Shown("inbox, empty", "/staff/inbox", "/staff/inbox", Who.HEAD),
    Shown("exceptions", "/staff/exceptions", states.exceptions, Who.DESK),
    Shown("quarantine", "/staff/quarantine", states.quarantine, Who.ADMINISTRATOR),
    Shown("quarantine, all", "/staff/quarantine", "/staff/quarantine?all=1", Who.ADMINISTRATOR),
    Shown(
        "quarantine, an entry",
        "/staff/quarantine/{entry_id}",
        states.quarantine_entry,
        Who.ADMINISTRATOR,
    ),
)

NOT_PAGES = frozenset(
    {
        "/healthz",
        "/readyz",
        "/metrics",
        "/openapi.json",
        "/my/cases/{number}",
        "/credits",
        "/staff/session",
        "/staff/sign-in/start",
        "/staff/sign-in/callback",
        "/staff/sign-in/out",
        "/embed.js",
        "/cases/{number}/photos/{photo}",
        "/cases/{number}/live",
        "/cases/{number}/linked/{other}",
        "/staff/live",
        "/staff/board/report.xlsx",
        "/staff/city/files/{name}/download",
        "/staff/rows",
        "/staff/exports/progress",
        "/staff/exports/{export}/file",
        "/staff/cases/{number}/photos/{photo}",
        "/public/feed.atom",
        "/public/feed.rss",
    }
)
"""GET routes that lead on, or answer a program, a picture or a file; so do those under
PROGRAM_PREFIXES."""

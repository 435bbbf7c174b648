"""What every page owes its readers in a real browser: no barrier that axe finds, and no sideways scroll."""

from collections.abc import Iterable, Sequence

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What the scheme of a page can change; the rest of it is the same in the dark as in the light.
COLORS = ["color-contrast", "link-in-text-block"]
PHONE, DESKTOP = 390, 1280


def barriers(page: Page, *, part: str | None = None) -> list[tuple[str, str]]:
    """List what axe finds in the open page or a part of it: the rule, and the first element that breaks it.

    Every page is to be looked at in the light scheme: in the dark one only its colors are. The desk is Django's admin,
    of which the standards are asked, and no more than these.
    """
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    options = {
        "runOnly": COLORS if is_dark else WCAG if "/admin/" in page.url else [*WCAG, "best-practice"],
        # What passes is not told, which halves the time.
        "resultTypes": ["violations"],
        # Fetching the style sheets again would put them into the page, which the policy forbids.
        "preload": False,
    }
    violations = Axe().run(page, context=part, options=options).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in violations]


def assert_no_barrier(
    page: Page, addresses: Iterable[str], *, part: str | None = None, widths: Sequence[int] = (DESKTOP,)
) -> None:
    """Open each address at each width in the scheme that the page has, and let axe look at it."""
    found = {}
    for address in addresses:
        for width in widths:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(address)
            if broken := barriers(page, part=part):
                found[address, width] = broken
    assert found == {}


def assert_no_sideways_scroll(page: Page, addresses: Iterable[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    overflow = {}
    for address in addresses:
        page.goto(address)
        wider = overflow_of(page, width)
        if wider > 0:
            overflow[address] = wider
    assert overflow == {}


def overflow_of(page: Page, width: int) -> int:
    """Tell how many pixels the open page is wider than its window."""
    wider: int = page.evaluate("document.documentElement.scrollWidth") - width
    return wider

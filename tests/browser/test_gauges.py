"""Gauges as they are painted: in proportion on every page and in every width, our choice apart from the others."""

import pytest
from playwright.sync_api import Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
# The painted width and colour of each bar by the figure beside it.
BARS = """
links => Object.fromEntries(links.map(link => {
  const bar = link.querySelector(".gauge__fill")
  return [link.querySelector("data").value, [bar.getBoundingClientRect().width, getComputedStyle(bar).fill]]
}))
"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize(
    ("address", "links"),
    [
        ("/compare/gpu-count/", "#deepseek ~ .answers .answer__value"),
        ("/companies/deepseek/", "[aria-labelledby='disagree-gpu-count'] th a"),
        ("/", ".teaser:has([href='/compare/gpu-count/#deepseek']) li a"),
    ],
)
def test_bars_are_painted_in_proportion(page: Page, width: int, address: str, links: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    bars = page.locator(links).evaluate_all(BARS)
    assert bars.keys() == {"2048", "50000", "60000"}
    longest = bars["60000"][0]
    assert longest > 100
    assert {value: bar[0] / longest for value, bar in bars.items()} == pytest.approx(
        {value: int(value) / 60_000 for value in bars}, abs=0.01
    )
    assert bars["2048"][1] != bars["60000"][1]


def test_a_bar_leads_to_its_claim(page: Page) -> None:
    page.goto("/compare/training-cost/")
    page.locator("#deepseek-r1 ~ .answers .gauge").first.click()
    assert page.url.endswith("/claims/r1-stage-cost-294k/")

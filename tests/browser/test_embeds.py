"""Embeds in a real browser: in the frame of another site, in both schemes, on phones."""

import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Frame, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.audit import assert_no_barrier, assert_no_sideways_scroll

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("committed_story"),
]
ADDRESSES = [
    "/embed/models/deepseek-r1/",
    "/embed/models/deepseek-r1/neighbourhood/",
    "/embed/claims/cost-under-6m-whole-model/",
    "/embed/timeline/?entity=deepseek-r1",
    "/fr/embed/people/liang-wenfeng/",
    "/fr/embed/claims/cost-under-6m-whole-model/",
    "/fr/embed/timeline/",
]


@pytest.fixture
def other_site(live_server: LiveServer) -> Iterator[str]:
    """A page of another site with two frames of this one: an embed, and a page that refuses.

    It follows the heights that embeds tell, with the very script that is recommended.
    """
    frames = [("embed", "/embed/claims/cost-under-6m-whole-model/"), ("page", "/about/")]
    html = "".join(f'<iframe name="{name}" src="{live_server.url}{path}"></iframe>' for name, path in frames)
    recommended = (settings.BASE_DIR / "docs" / "data.md").read_text().partition("```js\n")[2].partition("```")[0]
    html = f"<script>{recommended}</script>{html}"

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_words: Any) -> None:
            pass

    other = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=other.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{other.server_port}/"
    other.shutdown()
    other.server_close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(page: Page, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    assert_no_barrier(page, ADDRESSES)


@pytest.mark.parametrize("width", [320, 390])
def test_no_embed_scrolls_sideways_on_a_phone(page: Page, width: int) -> None:
    assert_no_sideways_scroll(page, ADDRESSES, width)


def test_an_embed_leaves_no_cookie(page: Page) -> None:
    for address in ADDRESSES:
        page.goto(address)
    assert page.context.cookies() == []


def comes_true(frame: Frame, expression: str) -> None:
    """Wait for something to be so; Playwright's own way is eval, which the policy of the page forbids."""
    for _attempt in range(100):
        if frame.evaluate(expression):
            return
        frame.page.wait_for_timeout(100)
    pytest.fail(f"It never came true that {expression}")


@pytest.mark.parametrize("width", [320, 900])
def test_a_frame_that_follows_is_as_high_as_what_it_shows(chromium: Browser, other_site: str, width: int) -> None:
    framing = chromium.new_page()
    framing.goto(other_site)
    frame = framing.locator("iframe[name=embed]")
    expect(framing.frame_locator("iframe[name=embed]").get_by_role("heading", level=1)).to_be_visible()
    for tall in (40, 2000):
        frame.evaluate("(frame, [width, height]) => { frame.width = width; frame.height = height }", [width, tall])
        shown = framing.frame(name="embed")
        assert shown is not None
        # Neither is anything cut off, nor is there room below what is shown.
        comes_true(shown, "innerHeight >= document.documentElement.scrollHeight")
        comes_true(
            shown,
            "(() => { const end = (element) => element.getBoundingClientRect().bottom; const main ="
            " document.querySelector('main'); return end(main) - end(main.lastElementChild) < 40 })()",
        )
    framing.close()


def test_another_site_can_frame_an_embed_and_nothing_else(chromium: Browser, other_site: str) -> None:
    context = chromium.new_context()
    framing = context.new_page()
    framing.goto(other_site)
    embed = framing.frame_locator("iframe[name=embed]")
    expect(embed.get_by_role("heading", level=1)).to_be_visible()
    expect(framing.frame_locator("iframe[name=page]").locator(".masthead")).to_have_count(0)
    embed.get_by_role("heading", level=1).get_by_role("link").click()
    expect(framing).to_have_url(re.compile("/claims/cost-under-6m-whole-model/$"))
    context.close()

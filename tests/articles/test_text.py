"""The text of an article: whatever an editor pastes or uploads becomes plain paragraphs, in which words are found."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import text
from articles.text import Format, TextError, decode, find, normalise, paragraphs

PAGE = """<!doctype html><html><head><title>Not this</title><style>p { color: red }</style>
<script>document.write("nor this")</script></head><body onload="alert(1)"><h1>Cost</h1>
<p>It cost <b>$5.576M</b>,&nbsp;they
say.</p><!-- nor this --><p>One<br>line<br><br>Another</p><ul><li>a<li>b</ul>
<table><tr><td>GPUs</td><td>2,048</td></tr></table><svg><text>no</text></svg><noscript>no</noscript>
<img src=x onerror="alert(1)"><template>no</template>&lt;script&gt;</body></html>"""


@pytest.mark.parametrize(
    ("raw", "form", "expected"),
    [
        ("One.\n\nTwo.", Format.PLAIN, "One.\nTwo."),
        ("One\nline.\n \n\t\nTwo.\r\n\r\nThree.", Format.PLAIN, "One line.\nTwo.\nThree."),
        ("One.\nTwo.", Format.PLAIN, "One.\nTwo."),
        ("  a\u00a0b\t\u3000c\u2009d  ", Format.PLAIN, "a b c d"),
        ("e\u0301te\u0301", Format.PLAIN, "\u00e9t\u00e9"),
        ("soft\u00ad hyphen\u200b\ufeff", Format.PLAIN, "soft hyphen"),
        ("# A title\n\nIt is *really* [open](https://example.org).\n\n- one\n- two", Format.MARKDOWN,
         "## A title\nIt is really open.\none\ntwo"),
        ("a <script>alert(1)</script> b", Format.MARKDOWN, "a <script>alert(1)</script> b"),
        (PAGE, Format.HTML,
         "## Cost\nIt cost $5.576M, they say.\nOne line\nAnother\na\nb\nGPUs 2,048\n<script>"),
        ("<p>unclosed <b>tags <p>everywhere", Format.HTML, "unclosed tags\neverywhere"),
        # What a browser shows of them, and nothing else.
        ("<svg><svg>no</svg>no</svg>out<select><option>no</select>", Format.HTML, "out"),
        ("<script>if (a < b) { document.write('<p class=\"x>') }</script>out", Format.HTML, "out"),
        ("<p>a<![CDATA[ b <i>c</i> ]]>d</p>", Format.HTML, "a b <i>c</i> d"),
        ("<![if !IE]>a<![endif]><?php echo 1 ?> b<!ELEMENT br EMPTY>", Format.HTML, "a b"),
        ("&lt;b&gt; &amp;amp; &#8364; &hellip; &am", Format.HTML, "<b> &amp; € … &am"),
        ('<a href="x"">y</a> <img alt="a < b">1 < 2 <', Format.HTML, "y 1 < 2 <"),
        ("<table><tr><th>A<td>B<table><tr><td>C</table><tr><td>D</table>", Format.HTML, "A B\nC\nD"),
        ("<p dir=rtl>\u202bשלום\u202c \u200fabc</p>", Format.HTML, "שלום abc"),
        ("<div>" * 5_000 + "deep" + "</div>" * 5_000, Format.HTML, "deep"),
        ("> " * 25 + "deep", Format.MARKDOWN, "deep"),
        ("梁文锋\n\n深度求索", Format.PLAIN, "梁文锋\n深度求索"),
    ],
)  # fmt: skip
def test_a_text_becomes_plain_paragraphs(raw: str, form: str, expected: str) -> None:
    assert normalise(raw, form) == expected


@given(st.text())
def test_what_is_normalised_stays_as_it_is(raw: str) -> None:
    try:
        once = normalise(raw)
    except TextError:
        return
    assert normalise(once) == once
    assert normalise(once.replace("\n", "\n\n") + "\n") == once


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("<p>One\n<script>x<p>Two", "“<script>” in line 2 is not closed"),
        ("<style>x</style><style>x<p>Two", "“<style>” in line 1 is not closed"),
        ("<svg><svg>x</svg><p>Two", "“<svg>” in line 1 is not closed"),
        ("<title>One<p>Two", "“<title>” in line 1 is not closed"),
        ("<p>One\n\n<!-- two <p>Two</p>", "“<!-- two <p>Two</p>” in line 3 is not closed"),
        ("<p>One<![CDATA[ two", "is not closed"),
        ("<p>One<a href='x' two", "“<a href='x' two” in line 1 is not closed"),
        ("<p>One</p", "“</p” in line 1 is not closed"),
        ('<p>One</p><p class="x>Two</p><p class="y">Three</p>', "<p> in line 1 has no end, or a quotation mark"),
        ('<p>One</p>\n<p class="x" Two </p><p>Three</p>', "<p> in line 2 has no end"),
        ("<p>One<![foo[ two ]]>", "Line 1 has a “<!\\[” that cannot be read"),
        ("<a " * 50_000, "is not closed"),
        ("<svg>" * 20_000, "is not closed"),
    ],
)
def test_what_would_lose_the_rest_of_a_page_is_refused_with_its_line(raw: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        normalise(raw, Format.HTML)


@pytest.mark.parametrize("raw", ["> " * 500 + "deep", "".join(f"{'  ' * n}- {n}\n" for n in range(100))])
def test_what_is_nested_too_deeply_is_refused(raw: str) -> None:
    with pytest.raises(TextError, match="nested too deeply"):
        normalise(raw, Format.MARKDOWN)


@given(st.text(alphabet="<>/![]-=\"' abscriptp&;\n"))
def test_no_markup_breaks_the_reader(raw: str) -> None:
    with contextlib.suppress(TextError):
        assert normalise(raw, Format.HTML)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "not a text"),
        (b"PK\x03\x04rest", "not a text"),
        (b"a\x00b", "not a text"),
        ("caf\u00e9".encode("latin-1"), "not in UTF-8: line 1"),
        ("one\ncaf\u00e9".encode("utf-16"), "not a text"),
        (b"fine\nfine\n\xff\xfe fine", "not in UTF-8: line 3"),
        (b"a" * 5_000_000, "at most 1 MB; this one has 5.0 MB"),
    ],
)
def test_what_is_no_text_is_refused_with_the_reason(content: bytes, message: str) -> None:
    with pytest.raises(TextError, match=message):
        decode(content)


def test_an_upload_may_have_a_byte_order_mark() -> None:
    assert decode("\ufeffété".encode()) == "été"


@pytest.mark.parametrize("raw", ["", " \n\n ", "\u200b"])
def test_a_text_without_words_is_refused(raw: str) -> None:
    with pytest.raises(TextError, match="no words"):
        normalise(raw)


def test_a_text_that_is_too_large_is_refused() -> None:
    with pytest.raises(TextError, match=r"at most 1 MB; this one has 1\.2 MB"):
        normalise("é" * 600_000)


def test_paragraphs_are_numbered_and_a_heading_begins_behind_its_mark() -> None:
    whole = "## Cost\nIt cost 𝟓.\nLast."
    found = paragraphs(whole)
    assert [whole[each.start : each.end] for each in found] == ["Cost", "It cost 𝟓.", "Last."]
    assert [(each.number, each.is_heading) for each in found] == [(1, True), (2, False), (3, False)]
    assert [text.number_at(whole, place) for place in (0, 7, 8, len(whole))] == [1, 1, 2, 3]


@pytest.mark.parametrize(
    ("whole", "quote", "expected"),
    [
        ("It cost $5.576M.", "$5.576M", ["$5.576M"]),
        ("It cost $5.576M.", "  cost\n$5.576M ", ["cost $5.576M"]),
        ("He said “it isn’t so”.", 'said "it isn\'t so"', ["said “it isn’t so”"]),
        ("One.\nTwo.", "One. Two.", ["One.\nTwo."]),
        ("One.\n## Title\nTwo.", "One. Title Two.", ["One.\n## Title\nTwo."]),
        ("2020–2023", "2020-2023", ["2020–2023"]),
        ("aaa", "aa", ["aa", "aa"]),
        ("没有开源。没有开源。", "没有", ["没有", "没有"]),
        ("It cost $5.576M.", "$6.576M", []),
        ("It cost.", "it cost", []),
        ("It cost.", " ", []),
    ],
)
def test_words_are_found_wherever_they_stand(whole: str, quote: str, expected: list[str]) -> None:
    assert [whole[start:end] for start, end in find(whole, quote)] == expected


def test_the_words_before_tell_places_apart() -> None:
    whole = "First R1 came. Then R1 left."
    assert text.followed(whole, find(whole, "R1"), "Then ") == [(20, 22)]
    assert text.followed(whole, find(whole, "R1"), "") == [(6, 8), (20, 22)]


def test_french_gets_its_no_break_spaces_back_for_the_eye_alone() -> None:
    whole = "« Combien ? » : 2 048 puces, 17 % de 2025 000."
    shown = text.typeset(whole, "fr")
    assert shown == "«\u00a0Combien\u00a0?\u00a0»\u00a0: 2\u00a0048 puces, 17\u00a0% de 2025\u00a0000."
    assert (len(shown), text.typeset(whole, "en"), normalise(shown)) == (len(whole), whole, whole)

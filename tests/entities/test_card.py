"""The picture of a shared link: readable whatever its words are, and nothing outside of it."""

from collections.abc import Iterator
from itertools import pairwise
from math import cos, radians, sin
from pathlib import Path
from xml.etree import ElementTree

import pytest
from font_source_serif_pro import font_files_ttf

from entities.pictures import card, fonts
from entities.pictures.card import Card
from tests.factories import HOSTILE

WORDS = ("A name of many words that goes on and on " * 8)[:300]
LONG = {"a sentence": WORDS, "one word": "W" * 300, "Greek": "Ωμέγα " * 50, "spaces": " " * 300}
SPACE = "{http://www.w3.org/2000/svg}"
# Greek, Cyrillic and Latin letters are in it, Chinese ones are not.
BLACK = fonts.Font("Source Serif Pro", font_files_ttf["SourceSerifProBlack"])


@pytest.fixture(autouse=True)
def no_other_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let the shipped font be the only one, whatever the machine has."""
    set_other_font(monkeypatch, None)
    yield
    fonts.advance.cache_clear()


def set_other_font(monkeypatch: pytest.MonkeyPatch, font: fonts.Font | None) -> None:
    monkeypatch.setattr(fonts, "other_font", lambda: font)
    fonts.advance.cache_clear()


def made(title: str = "DeepSeek-R1", **words: str) -> Card:
    return Card(**{"title": title, "site": "The DeepSeek Story", "kind": "model", "eyebrow": "Model"} | words)


def texts(drawn: Card) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(card.draw(drawn)).iter(f"{SPACE}text"))


def words(drawn: Card) -> str:
    return " ".join(each.text or "" for each in texts(drawn))


def overflow(drawn: Card) -> list[str]:
    """List the lines that reach beyond the margins, or below the line above the foot."""
    found = []
    for each in texts(drawn):
        size, x, y = (float(each.get(name, "")) for name in ("font-size", "x", "y"))
        weight = fonts.BOLD if each.get("font-weight") else fonts.REGULAR
        length = fonts.width(each.text or "", weight) * size
        start = x - length if each.get("text-anchor") == "end" else x
        if start < card.LEFT or start + length > card.RIGHT or y - size < 0 or y > card.HEIGHT:
            found.append(each.text or "")
    return found


def rows(drawn: Card) -> list[tuple[float, float]]:
    """Give top and bottom of each line from the left margin on, in order."""
    lefts = [each for each in texts(drawn) if each.get("text-anchor") is None]
    spans = [(float(each.get("y", "")), float(each.get("font-size", ""))) for each in lefts]
    return sorted((y - 0.75 * size, y + 0.22 * size) for y, size in spans)


@pytest.mark.parametrize("name", LONG)
def test_long_words_neither_overflow_nor_overlap(name: str) -> None:
    long = LONG[name]
    for drawn in (
        made(long, eyebrow=long, native=long, label=long, value=long, as_of="as of 24 November 2026"),
        made(long, eyebrow=long, verdict="disputed", verdict_words=long),
        made(long),
    ):
        assert overflow(drawn) == []
        placed = rows(drawn)
        assert all(upper[1] <= lower[0] for upper, lower in pairwise(placed)), placed


def test_a_title_of_300_letters_is_shown_whole_when_it_has_words() -> None:
    assert " ".join(WORDS.split()) in " ".join(words(made(WORDS, value="671B")).split())


def test_a_title_that_fits_at_no_size_ends_in_an_ellipsis() -> None:
    assert any((each.text or "").endswith("W…") for each in texts(made("W" * 300, value="671B")))


def test_the_own_script_name_is_left_out_when_no_font_has_it() -> None:
    assert "梁文锋" not in words(made("Liang Wenfeng", native="梁文锋"))
    assert "Вэньфэн" in words(made("Liang Wenfeng", native="Вэньфэн"))


def test_another_font_is_taken_for_the_letters_that_only_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(fonts.SERIF, fonts.REGULAR, fonts.Font("None", font_files_ttf["SourceSerifPro"]))
    monkeypatch.setattr(fonts, "_loaded", lambda font: _Letters("梁文锋" if font == BLACK else "abc"))
    set_other_font(monkeypatch, BLACK)
    assert fonts.can_draw("abc梁文锋")
    assert not fonts.can_draw("abc幻方")
    assert fonts.families() == "None, Source Serif Pro"


class _Letters:
    """A font that has some letters alone."""

    def __init__(self, letters: str) -> None:
        self.letters, self.face, self.upem = letters, self, 1000

    def get_nominal_glyph(self, code: int) -> int | None:
        return code if chr(code) in self.letters else None

    def get_glyph_h_advance(self, glyph: int) -> int:
        return 500


def test_a_font_for_other_scripts_is_found_by_its_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    (tmp_path / "fonts").mkdir()
    path = tmp_path / "fonts" / "NotoSansCJK-Regular.ttc"
    path.touch()
    monkeypatch.setattr(fonts, "FONT_FOLDERS", (tmp_path / "missing", tmp_path))
    fonts.other_font.cache_clear()
    assert fonts.other_font() == fonts.Font("Noto Sans CJK SC", str(path))
    fonts.other_font.cache_clear()


def test_letters_that_no_font_has_leave_no_empty_brackets() -> None:
    assert words(made("Liang (梁文锋) said\x01so 🎉")) == "Model Liang said so The DeepSeek Story"


def test_hostile_words_stay_words() -> None:
    assert HOSTILE in " ".join(words(made(HOSTILE, eyebrow=HOSTILE)).split())


@pytest.mark.parametrize("verdict", card.SIGNS)
def test_a_verdict_has_a_sign_and_a_word(verdict: str) -> None:
    drawn = card.draw(made(verdict=verdict, verdict_words="so it is"))
    assert card.SIGNS[verdict] in drawn
    assert "so it is" in drawn


@pytest.mark.parametrize("kind", ["", *card.KIND_COLORS])
def test_a_card_is_a_png_of_1200_by_630_below_150_kilobytes(kind: str) -> None:
    drawing = card.draw(made(WORDS, kind=kind, native="Вэньфэн " * 9, label="Label", value=WORDS, as_of="as of today"))
    png = fonts.as_png(drawing, 1200)
    assert png.startswith(b"\x89PNG")
    assert [int.from_bytes(png[start : start + 4]) for start in (16, 20)] == [1200, 630]
    assert len(png) <= 150_000


def test_the_colours_are_those_of_the_style_sheet() -> None:
    """An image cannot read the tokens, so a change of one must be seen here."""
    tokens = (Path(card.__file__).parents[2] / "static/css/tokens.css").read_text()
    for name in ("person", "company", "event", "idea", "supported", "disputed", "misleading"):
        line = next(line for line in tokens.splitlines() if line.strip().startswith(f"--color-{name}:"))
        lightness, chroma, hue = map(float, line.split("oklch(")[1].split(")")[0].replace("%", "").split())
        assert (card.KIND_COLORS | card.VERDICT_COLORS)[name] == rgb(lightness / 100, chroma, hue), name


def rgb(lightness: float, chroma: float, hue: float) -> str:
    """Convert OKLCH to sRGB, as https://www.w3.org/TR/css-color-4/#color-conversion-code does."""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    light = (12.92 * each if each <= 0.0031308 else 1.055 * each ** (1 / 2.4) - 0.055 for each in linear)
    return "#" + "".join(f"{round(255 * min(1, max(0, each))):02x}" for each in light)

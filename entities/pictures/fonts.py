"""The fonts of drawings that leave the site as images: which letters they have, how wide a text is, SVG as PNG."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import resvg_py
import uharfbuzz
from font_source_serif_pro import font_files_ttf

REGULAR, BOLD = 400, 600
# What the machine may have for other scripts, the best first: the name of the file, and of the family for Chinese.
OTHER_FONTS = {
    "NotoSerifCJK-Regular.ttc": "Noto Serif CJK SC",
    "NotoSansCJK-Regular.ttc": "Noto Sans CJK SC",
    "wqy-zenhei.ttc": "WenQuanYi Zen Hei",
}
EMPTY_BRACKETS = re.compile(r"\(\s*\)")
FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")


@dataclass(frozen=True)
class Font:
    family: str
    path: str


SERIF = {
    REGULAR: Font("Source Serif Pro", font_files_ttf["SourceSerifPro"]),
    BOLD: Font("Source Serif Pro", font_files_ttf["SourceSerifProSemibold"]),
}


@cache
def other_font() -> Font | None:
    """Find a font for the scripts that the shipped one lacks; looked for once."""
    for name, family in OTHER_FONTS.items():
        for folder in FONT_FOLDERS:
            if path := next(folder.rglob(name), None):
                return Font(family, str(path))
    return None


@lru_cache(maxsize=10_000)
def advance(letter: str, weight: int = REGULAR) -> float:
    """Give the width of a letter in em; nothing for one that no font has."""
    for font in (SERIF[weight], other_font()):
        if font and letter.isprintable():
            loaded = _loaded(font)
            glyph = loaded.get_nominal_glyph(ord(letter))
            if glyph is not None:
                return float(loaded.get_glyph_h_advance(glyph)) / loaded.face.upem
    return 0


def width(text: str, weight: int = REGULAR) -> float:
    """Measure a text in em; the renderer, which draws some pairs of letters closer, needs a little less."""
    return sum(advance(letter, weight) for letter in text)


def can_draw(text: str) -> bool:
    return all(map(advance, text))


def drawable(text: str) -> str:
    """Leave out the letters that no font has, with brackets that are empty then, and set the rest on one line."""
    words = "".join(letter if advance(letter) else " " for letter in text)
    return " ".join(EMPTY_BRACKETS.sub(" ", words).split())


def families() -> str:
    """Name the fonts in order, as an attribute of SVG."""
    return ", ".join(font.family for font in (SERIF[REGULAR], other_font()) if font)


def as_png(svg: str, pixels: int) -> bytes:
    """Draw an SVG so many pixels wide with these fonts alone, so that every machine draws the same."""
    files = [font.path for font in (*SERIF.values(), other_font()) if font]
    return resvg_py.svg_to_bytes(svg_string=svg, width=pixels, skip_system_fonts=True, font_files=files)


@cache
def _loaded(font: Font) -> uharfbuzz.Font:
    # The faces of one file differ in the shapes of some letters, not in which there are.
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(font.path), 0))

"""Reads a picture back: its words with the boxes that they take, its links and its names."""

from dataclasses import dataclass
from itertools import combinations
from xml.etree import ElementTree

from entities.pictures import svg


@dataclass(frozen=True)
class Box:
    """Words and the room that they take, on the generous side; `x` grows to the right and `y` downwards."""

    words: str
    left: float
    right: float
    top: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.bottom <= other.top or other.bottom <= self.top)


@dataclass(frozen=True)
class Link:
    address: str
    name: str
    shapes: int


class Drawing:
    """A picture as a reader meets it; `sizes` maps classes of its texts to sizes, of which None is the usual one."""

    def __init__(self, markup: str, sizes: dict[str | None, float]) -> None:
        self.root = ElementTree.fromstring(markup)
        self.sizes = sizes
        _x, _y, self.width, self.height = map(float, self.root.attrib["viewBox"].split())
        self.boxes = [box for text in self.root.iter("text") for box in self._lines(text)]

    def _lines(self, text: ElementTree.Element) -> list[Box]:
        css_class = text.get("class")
        size = self.sizes.get(css_class, self.sizes[None])
        boxes = []
        for line in text.findall("tspan") or [text]:
            x, y = (float(line.get(name) or text.attrib[name]) for name in ("x", "y"))
            width = svg.text_width(line.text or "", size, bold=css_class in ("label--strong", "label--kind"))
            left = x - {"end": width, "middle": width / 2}.get(text.get("text-anchor", ""), 0)
            # Letters reach from their descenders to their capitals, about a size in all.
            boxes.append(Box(line.text or "", left, left + width, y - size * 0.78, y + size * 0.22))
        return boxes

    def links(self) -> list[Link]:
        return [Link(a.attrib["href"], a.attrib["aria-label"], len(a.findall("g"))) for a in self.root.iter("a")]

    def overlaps(self) -> list[tuple[str, str]]:
        return [(one.words, other.words) for one, other in combinations(self.boxes, 2) if one.overlaps(other)]

    def outside(self) -> list[str]:
        return [
            box.words
            for box in self.boxes
            if box.left < 0 or box.top < 0 or box.right > self.width or box.bottom > self.height
        ]

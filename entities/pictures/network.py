"""Many entities and what links them, on one oval: kind by kind around it, the links as curves across it.

Every name can be read, whatever the links, and the cost grows with their number alone.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from . import svg
from .oval import GAP, MARGIN, Heights, Oval, Part, arrange

# The oval is round while few stand on it, then grows in height only, so that names keep their room beside it.
LEAST_HALF_WIDTH, MOST_HALF_WIDTH = 120.0, 300.0
NAME_ROOM = 252.0
SIZE, STRONG_SIZE, ROW, CAPTION = 12.0, 13.0, 14.5, 26.0
# Names with many links are set in bold: one in ten, if it has four at least.
STRONG_SHARE, STRONG_LINKS = 10, 4
# Marks grow with their links between these scales.
SMALL, LARGE = 0.55, 1.05
# After some rounds neighbours stand as near each other as they will.
ROUNDS = 8


@dataclass(frozen=True)
class Node:
    """An entity; `title` is its accessible name."""

    name: str
    kind: str
    address: str
    title: str


@dataclass
class Sector:
    """The nodes of one kind on one side, from the top down; `top` is where the first row begins."""

    part: Part
    kind: str
    nodes: list[int]
    top: float


class Drawing:
    """Where everything stands; nodes are known by their places."""

    def __init__(self, nodes: Sequence[Node], links: Iterable[tuple[int, int]], kinds: Sequence[str]) -> None:
        self.nodes = nodes
        # Links between the same two become one curve.
        self.pairs = sorted({(min(pair), max(pair)): pair for pair in links}.values())
        self.ties: list[list[int]] = [[] for _node in nodes]
        for number, pair in enumerate(self.pairs):
            for node in pair:
                self.ties[node].append(number)
        most = max(map(len, self.ties), default=0)
        ranked = sorted(map(len, self.ties), reverse=True)
        self.strong = max(STRONG_LINKS, ranked[len(nodes) // STRONG_SHARE] if nodes else 0)
        self.scales = [SMALL + (LARGE - SMALL) * (len(ties) / max(most, 12)) ** 0.5 for ties in self.ties]
        self.rows = [max(ROW, 16 * scale + 1) for scale in self.scales]
        self.sectors = self._sectors(kinds)
        self.y = [0.0] * len(nodes)
        self.side = [0] * len(nodes)
        for sector in self.sectors:
            self._stack(sector)
        for _round in range(ROUNDS):
            for sector in self.sectors:
                sector.nodes.sort(key=self._pull)
                self._stack(sector)

    def _sectors(self, kinds: Sequence[str]) -> list[Sector]:
        by_kind = {kind: [place for place, node in enumerate(self.nodes) if node.kind == kind] for kind in kinds}
        by_kind = {kind: places for kind, places in by_kind.items() if places}
        heights = [Heights(CAPTION, [self.rows[place] for place in places]) for places in by_kind.values()]
        parts, height = arrange(heights, 2 * LEAST_HALF_WIDTH)
        half_width = min(MOST_HALF_WIDTH, height / 2)
        self.oval = Oval(half_width + NAME_ROOM + GAP + MARGIN, height / 2, half_width, height / 2 - MARGIN)
        kinds = list(by_kind)
        return [
            Sector(
                part,
                kinds[part.group],
                by_kind[kinds[part.group]][part.first : part.first + len(part.rows)],
                part.caption + CAPTION / 2,
            )
            for part in parts
        ]

    def _stack(self, sector: Sector) -> None:
        y = sector.top
        for node in sector.nodes:
            self.y[node] = y + self.rows[node] / 2
            self.side[node] = sector.part.side
            y += self.rows[node]

    def _pull(self, node: int) -> float:
        """Tell at which height the neighbours of a node stand on average; its own without any."""
        heights = [self.y[end] for tie in self.ties[node] for end in self.pairs[tie] if end != node]
        return sum(heights) / len(heights) if heights else self.y[node]

    def curve(self, number: int) -> str:
        """Write the path of a link: level at both ends, and bent towards the middle the further these are apart."""
        (one, other), oval = self.pairs[number], self.oval
        x1, y1, x2, y2 = (
            oval.edge(self.side[one], self.y[one]),
            self.y[one],
            oval.edge(self.side[other], self.y[other]),
            self.y[other],
        )
        reach = 0.6 if self.side[one] != self.side[other] else min(0.85, 0.2 + abs(y2 - y1) / (2 * oval.ry))
        bend = 0.1 * (y2 - y1)
        points = (x1, y1, x1 + (oval.x - x1) * reach, y1 + bend, x2 + (oval.x - x2) * reach, y2 - bend, x2, y2)
        return "M{} {}C{} {} {} {} {} {}".format(*(round(point) for point in points))


def network(
    title: str, nodes: Sequence[Node], links: Iterable[tuple[int, int]], captions: Mapping[str, str]
) -> SafeString:
    """Draw nodes and the links between them, pairs of their places; kinds stand in the order of their `captions`.

    Resting on a node, by pointer or keyboard, brings out its links.
    """
    drawing = Drawing(nodes, links, list(captions))
    oval = drawing.oval
    drawn = [svg.element("ellipse", class_="orbit", cx=oval.x, cy=oval.y, rx=oval.rx, ry=oval.ry), *_curves(drawing)]
    for sector in drawing.sectors:
        drawn.append(_caption(oval, sector, captions[sector.kind]))
        for node in sector.nodes:
            drawn += [_node(drawing, node), _own_ties(drawing, node)]
    return svg.picture(2 * oval.x, 2 * oval.y, title, svg.join(drawn), css_class="picture--network")


def _curves(drawing: Drawing) -> Iterable[SafeString]:
    """Draw the links under all else, in the colour of their subject's kind."""
    by_kind: dict[str, list[SafeString]] = defaultdict(list)
    for number, (subject, _object) in enumerate(drawing.pairs):
        curve = svg.element("path", id=f"tie-{number}", d=drawing.curve(number))
        by_kind[drawing.nodes[subject].kind].append(curve)
    for kind, curves in by_kind.items():
        yield svg.element("g", svg.join(curves), class_=f"ties icon--{kind}")


def _caption(oval: Oval, sector: Sector, words: str) -> SafeString:
    side, y = sector.part.side, sector.part.caption + 5
    x = oval.words(side, y, SIZE)
    return svg.element("text", words, class_="label--kind", x=x, y=y, text_anchor="end" if side < 0 else None)


def _node(drawing: Drawing, place: int) -> SafeString:
    node, side, y, oval = drawing.nodes[place], drawing.side[place], drawing.y[place], drawing.oval
    is_strong = len(drawing.ties[place]) >= drawing.strong
    size = STRONG_SIZE if is_strong else SIZE
    x = oval.words(side, y, SIZE)
    name = svg.shorten(node.name, size, oval.room(side, y, SIZE), bold=is_strong)
    words = svg.element(
        "text",
        name,
        class_="label--strong" if is_strong else None,
        x=x,
        y=y + size * 0.36,
        text_anchor="end" if side < 0 else None,
    )
    shape = svg.glyph(node.kind, oval.edge(side, y), y, drawing.scales[place])
    return svg.link(node.address, node.title, svg.join([shape, words]))


def _own_ties(drawing: Drawing, place: int) -> SafeString:
    """Repeat the links of a node behind it, for the style sheet to show while one rests on the node."""
    ties = svg.join(svg.element("use", href=f"#tie-{number}") for number in drawing.ties[place])
    return svg.element("g", ties, class_=f"ties icon--{drawing.nodes[place].kind}")

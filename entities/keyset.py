"""Pages of a long list that cost the same at any depth: each is found by the record that it follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import BadRequest
from django.db.models import F, Model, Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from . import addresses

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Some rows of a list, with the slugs that lead on: `before` to the earlier page, `after` to the later one."""

    rows: list[M]
    before: str
    after: str


def page(
    queryset: QuerySet[M],
    keys: Sequence[str],
    size: int,
    *,
    after: str = "",
    before: str = "",
    first_key_may_lack: bool = True,
    is_short: bool = False,
) -> Page[M]:
    """Cut one page out of a queryset ordered by `keys` ("-name" descends, the last key is unique).

    Only the first key may be null; such rows come last. `after` or `before` is the slug of the record next to the page.
    Costs one query, one more to find that record, and one more where a page may reach from rows with the first key to
    rows without (`first_key_may_lack` is False for a list that has none of these, `is_short` True for one that can be
    sorted as a whole).

    Raises:
        BadRequest: when no record has that slug, or both are given.
    """
    if after and before:
        raise BadRequest(_("Give “after” or “before”, not both."))
    backwards, neighbour = bool(before), after or before
    position = _position(queryset, keys, neighbour) if neighbour else None
    lacks_first = position is not None and position[0] is None
    if lacks_first or (first_key_may_lack and _is_nullable(queryset, keys[0])):
        cut = _whole if is_short else _parts
        parts = cut(queryset, keys, backwards, position)
    else:
        parts = [_part(queryset, keys, backwards, position)]
    rows: list[M] = []
    for part in parts:
        rows += part.prefetch_related(None)[: size + 1 - len(rows)] if len(rows) <= size else []
    has_more, rows = len(rows) > size, rows[:size]
    # Of both parts at once, where each would ask for its own.
    prefetch_related_objects(rows, *queryset._prefetch_related_lookups)  # type: ignore[attr-defined]
    if backwards:
        rows.reverse()
    has_earlier, has_later = (has_more, True) if backwards else (bool(after), has_more)
    return Page(
        rows=rows,
        before=_slug(rows[0]) if rows and has_earlier else "",
        after=_slug(rows[-1]) if rows and has_later else "",
    )


def _is_nullable(queryset: QuerySet[M], key: str) -> bool:
    return bool(queryset.model._meta.get_field(key.lstrip("-")).null if key != "pk" else False)


def _slug(row: Model) -> str:
    return str(row.slug)  # type: ignore[attr-defined]


def _parts(
    queryset: QuerySet[M], keys: Sequence[str], backwards: bool, position: tuple[Any, ...] | None
) -> list[QuerySet[M]]:
    """Split what follows a position into the rows with the first key and those without, in the order they are shown.

    A single query with NULLS LAST would be served by no index that both databases can have.
    """
    lacks = f"{keys[0].lstrip('-')}__isnull"
    having, lacking = queryset.filter(**{lacks: False}), queryset.filter(**{lacks: True})
    if position is None:
        parts = [_part(having, keys, backwards, None), _part(lacking, keys[1:], backwards, None)]
        return parts[::-1] if backwards else parts
    if position[0] is None:
        there = [_part(lacking, keys[1:], backwards, position[1:])]
        return [*there, _part(having, keys, backwards, None)] if backwards else there
    there = [_part(having, keys, backwards, position)]
    return there if backwards else [*there, _part(lacking, keys[1:], backwards, None)]


def _whole(
    queryset: QuerySet[M], keys: Sequence[str], backwards: bool, position: tuple[Any, ...] | None
) -> list[QuerySet[M]]:
    """Give the same as `_parts` in one query, which sorts all rows."""
    column, descends = keys[0].lstrip("-"), keys[0].startswith("-") != backwards
    lacking = {"nulls_first": True} if backwards else {"nulls_last": True}
    first = F(column).desc(**lacking) if descends else F(column).asc(**lacking)
    ordered = _part(queryset, keys[1:], backwards, None)
    ordered = ordered.order_by(first, *ordered.query.order_by)
    lacks = Q(**{f"{column}__isnull": True})
    if position is None:
        return [ordered]
    if position[0] is None:
        beyond = lacks & _beyond(keys[1:], position[1:], backwards)
        return [ordered.filter(beyond | ~lacks if backwards else beyond)]
    beyond = _beyond(keys, position, backwards)
    return [ordered.filter(beyond if backwards else beyond | lacks)]


def _part(queryset: QuerySet[M], keys: Sequence[str], backwards: bool, position: tuple[Any, ...] | None) -> QuerySet[M]:
    """Order by keys that are all there, from a position on."""
    columns = [(key.lstrip("-"), key.startswith("-") != backwards) for key in keys]
    ordered = queryset.order_by(*(f"-{column}" if descends else column for column, descends in columns))
    return ordered if position is None else ordered.filter(_beyond(keys, position, backwards))


def _position(queryset: QuerySet[M], keys: Sequence[str], slug: str) -> tuple[Any, ...]:
    """Read the values of the keys in the record with this slug, even where the filters of the list leave it out."""
    columns = [key.lstrip("-") for key in keys]
    found = addresses.find(queryset.model._default_manager.filter(status="published").values_list(*columns), slug)
    if found is None:
        raise BadRequest(_("No page begins at “%(slug)s”.") % {"slug": slug[:80]})
    return found


def _beyond(keys: Sequence[str], position: tuple[Any, ...], backwards: bool) -> Q:
    """Keep the rows on the far side of a position in the order of the keys.

    The first condition repeats what the others imply, in a form for which an index is entered at the position: without
    it all rows before would be read.
    """
    column, value = keys[0].lstrip("-"), position[0]
    way = "lt" if keys[0].startswith("-") != backwards else "gt"
    further = Q(**{f"{column}__{way}": value})
    if len(keys) == 1:
        return further
    return Q(**{f"{column}__{way}e": value}) & (further | _beyond(keys[1:], position[1:], backwards))

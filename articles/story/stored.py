"""The story as the database has it: its rows in canonical form, and the saving of canonical records into rows."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from .checks import Story
from .fields import Many, Record, Rows, get_fields
from .shapes import SHAPES, TEXTS, Shape

REASON = "Imported from the story files"
# The types of record of which there may be too many to load them all.
PARTS = ("entity", "article", "claim")


class Stored:
    """All rows of the story, by type and key; 14 queries to load, in a transaction.

    With `keys` only these entities, articles and claims are loaded, beside the whole vocabulary; of what they refer to
    the key is known, which costs up to three queries more. Until the transaction ends nobody else changes or deletes a
    record. What refers to others is read before them, so that a record made meanwhile is seen with all that it refers
    to, or not at all.
    """

    def __init__(self, keys: Mapping[str, Collection[str]] | None = None, reason: str = REASON) -> None:
        self._reason = reason
        self._rows: dict[str, dict[str, Any]] = {}
        self._keys: dict[str, dict[int, str]] = {}
        self._links: dict[Many, dict[int, set[int]]] = {}
        self._children: dict[Rows, dict[int, list[Any]]] = {}
        self._revisions: dict[int, Any] = {}
        for shape in reversed(SHAPES):
            rows = shape.model._default_manager.select_for_update().order_by("pk")
            some = keys is not None and shape.name in PARTS
            if keys is not None and some:
                rows = rows.filter(**{f"{shape.key}__in": keys.get(shape.name, ())})
            self._rows[shape.name] = {getattr(row, shape.key): row for row in rows}
            self._keys[shape.name] = {row.pk: key for key, row in self._rows[shape.name].items()}
            pks = list(self._keys[shape.name])
            for many in shape.lists():
                self._links[many] = self._read_links(many, pks if some else None)
            for children in shape.rows():
                self._children[children] = self._read_children(children, pks if some else None)
        if keys is not None:
            self._learn_keys()

    def _read_links(self, many: Many, pks: Collection[int] | None) -> dict[int, set[int]]:
        links: dict[int, set[int]] = defaultdict(set)
        found = through(many) if pks is None else through(many).filter(**{f"{many.columns[0]}__in": pks})
        for ours, theirs in found.values_list(*many.columns):
            links[ours].add(theirs)
        return links

    def _read_children(self, children: Rows, pks: Collection[int] | None) -> dict[int, list[Any]]:
        of: dict[int, list[Any]] = defaultdict(list)
        table = children.model._default_manager.order_by(*children.order)
        for child in table if pks is None else table.filter(**{f"{children.parent}__in": pks}):
            of[getattr(child, f"{children.parent}_id")].append(child)
        return of

    def _learn_keys(self) -> None:
        """Ask for the keys of the records that the loaded rows refer to and that are not loaded themselves."""
        types: dict[Any, str] = {shape.model: shape.name for shape in SHAPES}
        wanted: dict[str, set[int]] = defaultdict(set)
        rows = [row for of_type in self._rows.values() for row in of_type.values()]
        rows += [child for of in self._children.values() for some in of.values() for child in some]
        for row in rows:
            for field in row._meta.concrete_fields:
                if field.related_model in types and (pk := getattr(row, field.attname)):
                    wanted[types[field.related_model]].add(pk)
        for many, links in self._links.items():
            wanted[many.target].update(*links.values())
        for shape in SHAPES:
            if missing := wanted[shape.name] - self._keys[shape.name].keys():
                found = self.known(shape).filter(pk__in=missing).values_list("pk", shape.key)
                self._keys[shape.name] |= dict(found)

    def known(self, shape: Shape) -> QuerySet[Any]:
        """Ask for the records of a type that others may refer to."""
        return shape.model._default_manager.all()

    def story(self) -> Story:
        """Put every record into canonical form."""
        return Story({shape.name: {key: self.record(shape, key) for key in self._rows[shape.name]} for shape in SHAPES})

    def record(self, shape: Shape, key: str) -> Record:
        return get_fields(shape.fields, self._rows[shape.name][key], self)

    def key(self, record_type: str, pk: int | None) -> str | None:
        return None if pk is None else self._keys[record_type][pk]

    def pk(self, record_type: str, key: str | None) -> int | None:
        return self._rows[record_type][key].pk if key else None

    def linked(self, many: Many, pk: int) -> set[int]:
        return self._links[many][pk]

    def children(self, rows: Rows, pk: int) -> list[Any]:
        return self._children[rows][pk]

    def revision(self, pk: int) -> Any:
        """Give a state of an article's text by its id; costs a query where its article is not among those loaded."""
        if not self._revisions:
            self._revisions = {row.pk: row for rows in self._children[TEXTS].values() for row in rows}
        if pk not in self._revisions:
            self._revisions[pk] = TEXTS.model._default_manager.get(pk=pk)
        return self._revisions[pk]

    def text(self, article: str, language: str, number: int) -> Any:
        """Give a state of an article's text by what the files call it."""
        rows = self._children[TEXTS][self._rows["article"][article].pk]
        return next(row for row in rows if (row.language, row.number) == (language, number))

    def value_type(self, key: str | None) -> str:
        return self._rows["property"][key].value_type if key else ""

    def save(self, shape: Shape, story: Story, keys: Mapping[str, Collection[str]]) -> None:
        """Create or change the records of one type; `keys` are those to save, by type.

        Each row that this writes gets one row of history. Records of the types above must be saved already.
        """
        records = {key: story[shape.name][key] for key in keys[shape.name]}
        rows = self._rows[shape.name]
        created: list[Any] = []
        changed: list[Any] = []
        for key, record in records.items():
            row = rows.get(key)
            (changed if row else created).append(row := row or shape.model())
            self._put(row, record, shape, late=False)
        shape.model._default_manager.bulk_create(created)
        for row in created:
            rows[getattr(row, shape.key)] = row
            self._keys[shape.name][row.pk] = getattr(row, shape.key)
        late = [field.column for field in shape.late()]
        for key, record in records.items():
            self._put(rows[key], record, shape, late=True)
        if late:
            named = [row for row in created if any(getattr(row, f"{column}_id") for column in late)]
            shape.model._default_manager.bulk_update(named, late)
        changed += self._link(shape, story, keys, {row.pk for row in [*created, *changed]})
        _write_history(shape.model, created, self._reason)
        for row in changed:
            row._change_reason = self._reason
            row.save()
        for children in shape.rows():
            self._save_children(children, {rows[key].pk: record for key, record in records.items()})

    def _put(self, row: Any, record: Record, shape: Shape, *, late: bool) -> None:
        for field in shape.fields:
            if (field in shape.late()) is late:
                field.put(row, record, self)

    def _link(
        self, owner: Shape, story: Story, keys: Mapping[str, Collection[str]], being_saved: set[int]
    ) -> list[Any]:
        """Bring the lists in the history of `owner` in line; return its rows touched besides those being saved."""
        touched: set[int] = set()
        for shape in SHAPES:
            for many in shape.lists():
                if many.owner != owner.name:
                    continue
                wanted = {
                    (self._rows[shape.name][key].pk, self._rows[many.target][other].pk)
                    for key in keys[shape.name]
                    for other in story[shape.name][key].get(many.name, ())
                }
                ours = {self._rows[shape.name][key].pk for key in keys[shape.name]}
                present = {(pk, other) for pk in ours for other in self._links[many][pk]}
                for pk, other in present - wanted:
                    through(many).filter(**dict(zip(many.columns, (pk, other), strict=True))).delete()
                many.through._default_manager.bulk_create(
                    many.through(**dict(zip(many.columns, pair, strict=True)), **many.constants())
                    for pair in sorted(wanted - present)
                )
                side = 0 if shape is owner else 1
                touched |= {pair[side] for pair in wanted ^ present}
        rows = self._rows[owner.name]
        return [rows[self._keys[owner.name][pk]] for pk in sorted(touched - being_saved)]

    def _save_children(self, children: Rows, records: Mapping[int, Record]) -> None:
        """Bring the rows under each parent in line; those that say the same already are left alone."""
        if children is TEXTS:
            return self._add_texts(records)
        created = []
        for parent, record in records.items():
            entries = [children.unfold(entry) for entry in record.get(children.name, ())]
            present = self._children[children][parent]
            rows, dropped = self._match(children, entries, present) if present else ([None] * len(entries), [])
            for row in dropped:
                row._change_reason = self._reason
                row.delete()
            for position, (entry, row) in enumerate(zip(entries, rows, strict=True), start=1):
                if row is None:
                    row = children.model(**{f"{children.parent}_id": parent})
                    created.append(row)
                elif row.position == position and get_fields(children.fields, row, self) == entry:
                    continue
                row.position = position
                for field in children.fields:
                    field.put(row, entry, self)
                if row.pk:
                    row._change_reason = self._reason
                    row.save()
        children.model._default_manager.bulk_create(created)
        _write_history(children.model, created, self._reason)

    def _add_texts(self, records: Mapping[int, Record]) -> None:
        """Add the states of texts that are new; those on file never change, nor do they go."""
        for parent, record in records.items():
            present = self._children[TEXTS][parent]
            known = {(row.language, row.number) for row in present}
            new = [entry for entry in record.get(TEXTS.name, ()) if TEXTS.identify(entry) not in known]
            rows = [TEXTS.model(**{f"{TEXTS.parent}_id": parent}, **entry) for entry in new]
            present += TEXTS.model._default_manager.bulk_create(rows)

    def _match(self, children: Rows, entries: list[Record], present: list[Any]) -> tuple[list[Any], list[Any]]:
        """Find the row of each entry, None for a new one, and the rows that no entry stands for."""
        left = {row.pk: children.identify(get_fields(children.fields, row, self)) for row in present}
        by_pk = {row.pk: row for row in present}
        identities = [children.identify(entry) for entry in entries]
        found: list[Any] = [None] * len(entries)
        for depth in range(len(children.identity), 0, -1):
            for number, identity in enumerate(identities):
                if found[number] is not None:
                    continue
                alike = [pk for pk, other in left.items() if other[:depth] == identity[:depth]]
                if alike:
                    found[number] = by_pk[alike[0]]
                    del left[alike[0]]
        return found, [by_pk[pk] for pk in left]


def refresh_statistics() -> None:
    """Let the database count its rows anew: its plans for a freshly filled table are a hundred times slower."""
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")


def _tables() -> Iterable[str]:
    for shape in SHAPES:
        yield shape.model._meta.db_table
        yield from (field.through._meta.db_table for field in shape.lists())
        yield from (field.model._meta.db_table for field in shape.rows())


def through(many: Many) -> Any:
    return many.through._default_manager.filter(**many.constants())


def _write_history(model: Any, created: list[Any], reason: str) -> None:
    """Write the history of rows that were created in bulk, with the lists that it keeps."""
    if not created or not hasattr(model, "history"):
        return
    entries = {row.id: row for row in model.history.bulk_history_create(created, default_change_reason=reason)}
    for field in next(iter(entries.values()))._history_m2m_fields:
        owner = f"{field.m2m_field_name()}_id"
        history = getattr(model.history.model, field.name).model
        history._default_manager.bulk_create(
            history(history=entries[link[owner]], **link)
            for link in field.remote_field.through._default_manager.order_by("pk").values()
            if link[owner] in entries
        )

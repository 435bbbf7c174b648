"""The open data as text: tables as CSV and as JSON Lines, relations as GraphML; piece by piece, in English."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

from django.db.models import Exists, OuterRef
from django.utils.translation import override

from entities import network
from entities.answers import cell
from entities.models import Claim, Entity

from .reading import in_steps
from .tables import TABLES, Field, Table, plain


def as_csv(table: Table, site: str) -> Iterator[str]:
    """Write a table with a line of names, in UTF-8, as RFC 4180 has it; an array is JSON in its cell."""
    yield _csv([[field.name for field in table.fields]])
    for rows in table.steps():
        with override("en"):
            text = _csv([[_cell(field, row, site) for field in table.fields] for row in rows])
        yield text


def as_lines(table: Table, site: str) -> Iterator[str]:
    """Write a record a line as JSON, with the rows of other tables that belong to it; what is empty is left out."""
    inner = [each for each in TABLES if each.parent is table]
    records = table.records()
    for each in inner:
        records = each.of_parent(records)
    for step in in_steps(records):
        with override("en"):
            lines = [json.dumps(_record(table, inner, record, site), ensure_ascii=False) for record in step]
        yield "".join(f"{line}\n" for line in lines)


def as_graphml(site: str) -> Iterator[str]:
    """Write every relation, and the entities at their ends."""
    relations = Claim.objects.published().relations()
    linked = [relations.filter(**{end: OuterRef("pk")}) for end in ("subject", "object")]
    entities = Entity.objects.published().filter(Exists(linked[0]) | Exists(linked[1]))
    yield network.graphml_start(is_complete=True)
    for nodes in in_steps(entities):
        with override("en"):
            text = network.graphml_nodes(nodes, site)
        yield text
    for edges in in_steps(relations.with_records()):
        with override("en"):
            text = network.graphml_edges(edges, site)
        yield text
    yield network.GRAPHML_END


def _csv(rows: list[list[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _cell(field: Field, row: Any, site: str) -> Any:
    value = _value(field, row, site)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    # Only words can be taken for a formula; a negative number is one.
    return cell(value) if isinstance(value, str) else value


def _value(field: Field, row: Any, site: str) -> Any:
    value = plain(field.value(row))
    return urljoin(site, value) if field.is_path else value


def _record(table: Table, inner: list[Table], record: Any, site: str) -> dict[str, Any]:
    node = _filled(table.fields, record, site)
    for each in inner:
        # What it belongs to, and its place there, the line tells.
        fields = [field for field in each.fields if field.to != table.name and field.name != "number"]
        if rows := [_filled(fields, row, site) for row in each.rows(record)]:
            node[each.name] = rows
    return node


def _filled(fields: Any, row: Any, site: str) -> dict[str, Any]:
    values = ((field.name, _value(field, row, site)) for field in fields)
    return {name: value for name, value in values if value is not None}

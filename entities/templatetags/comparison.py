"""The cells of the comparison of models, rendered in one pass, since a table has hundreds."""

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..comparison import Cell, Column
from ..models import Claim, Entity
from .story import value, verdict_badge, words

register = template.Library()


@register.simple_tag
def compared_cells(model: Entity, cells: list[tuple[Column, Cell]]) -> SafeString:
    """Write the cells of a model's row, each value a link to its claim, with a bar where it can be compared."""
    return format_html_join(
        "",
        '<td class="compared__{}">{}</td>',
        ((column.property.value_type, _cell(model, column, cell)) for column, cell in cells),
    )


@register.simple_tag
def heading_unit(column: Column) -> SafeString | str:
    """Name the unit of a column, as its figures have none."""
    unit = column.property.unit
    name = (unit.plural or unit.currency or unit.code) if unit and unit.code != "1" else ""
    return format_html(' <span class="compared__unit">{}</span>', name) if name else ""


@register.simple_tag
def sort_state(sort: str, name: str) -> SafeString:
    """Tell assistive technology that a column is the one sorted by, and which way."""
    if sort.removeprefix("-") != name:
        return mark_safe("")
    return format_html(' aria-sort="{}"', "descending" if sort.startswith("-") else "ascending")


@register.simple_tag
def sort_sign(sort: str, name: str) -> SafeString:
    """Show which way the column sorted by runs."""
    if sort.removeprefix("-") != name:
        return mark_safe("")
    return format_html(' <span aria-hidden="true">{}</span>', "↓" if sort.startswith("-") else "↑")


@register.simple_tag
def sort_next(sort: str, name: str) -> str:
    """Name the order that a heading leads to: from the largest down, and back."""
    return name if sort == f"-{name}" else f"-{name}"


def _cell(model: Entity, column: Column, cell: Cell) -> SafeString:
    claim = cell.claim
    if claim is None:
        return format_html('<span class="compared__gap">{}</span>', _("not stated"))
    usual = claim.unit_id == column.property.unit_id
    figure = format_html(
        '<a class="compared__value" href="{}">{}{}</a>',
        claim.get_absolute_url(),
        value(claim, with_unit=not usual),
        column.comparison.gauge(claim, look="choice"),
    )
    return format_html("{}{}", figure, _remarks(model, column, cell, claim))


def _remarks(model: Entity, column: Column, cell: Cell, claim: Claim) -> SafeString:
    """Say what the value covers, what is wrong with it, and that there are others."""
    remarks = []
    if claim.applies_to:
        remarks.append(format_html('<span class="soft">{}</span>', words(claim, "applies_to")))
    if claim.public_verdict not in ("", "supported"):
        remarks.append(verdict_badge(claim.public_verdict, small=True))
    if claim.rank == Claim.Rank.DEPRECATED:
        remarks.append(format_html('<span class="soft">{}</span>', _("set aside")))
    if cell.others:
        rivals = cell.rival_count
        address = f"{reverse('entities:compare', args=[column.property.slug])}?subject={model.slug}"
        text = (
            ngettext("+%(count)s rival", "+%(count)s rivals", rivals) % {"count": rivals}
            if rivals
            else ngettext("+%(count)s more", "+%(count)s more", len(cell.others)) % {"count": len(cell.others)}
        )
        name = _("%(property)s of %(model)s: all answers") % {"property": column.property, "model": model}
        remarks.append(format_html('<a class="compared__others" href="{}" title="{}">{}</a>', address, name, text))
    inside = format_html_join(" ", "{}", ((remark,) for remark in remarks))
    return format_html('<span class="compared__remarks">{}</span>', inside) if remarks else mark_safe("")

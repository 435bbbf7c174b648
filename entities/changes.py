"""What differs between two states of a record, told in sentences instead of the names of its fields."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from . import edtf, wording
from .fields import EdtfField
from .history import difference
from .models import Claim, Status

# What each field is called in the middle of a sentence; one without an entry goes by its label.
NOUNS = {
    "alternative": _("the relation to the preferred value"),
    "aliases": _("the list of other names"),
    "applies_to": _("the part that the value covers"),
    "archive_url": _("the address of the archived copy"),
    "article": _("the article"),
    "arxiv": _("the arXiv number"),
    "as_printed": _("the figure as printed"),
    "author": _("the author"),
    "checked_on": _("the day of the last check"),
    "citation": _("the citation"),
    "derives_from": _("the article that it derives from"),
    "doi": _("the DOI"),
    "entity": _("the page it leads to"),
    "how_verified": _("how it was verified"),
    "kind": _("the kind"),
    "known_through": _("the article through which it is known"),
    "label": _("the label"),
    "lane": _("the lane of the timeline"),
    "language": _("the language"),
    "licence": _("the licence"),
    "links": _("the list of links"),
    "locator": _("the place in the article"),
    "locator_scheme": _("how its locators count"),
    "makes_claim": _("whether the article makes the claim itself"),
    "mentions": _("the list of entities mentioned"),
    "name": _("the name"),
    "native_language": _("the language of the name in its own script"),
    "native_name": _("the name in its own script"),
    "note": _("the note for editors"),
    "original_language": _("the original language"),
    "position": _("the place in the list"),
    "property": _("what is said of the subject"),
    "public_since": _("the day since which the public knows"),
    "published": _("the day of publication"),
    "publisher": _("the publisher"),
    "publisher_name": _("the publisher's name"),
    "quote": _("the passage"),
    "rank": _("the rank"),
    "rank_reason": _("the reason of the rank"),
    "rationale": _("the reason of the verdict"),
    "read_scope": _("how much was read"),
    "replaces": _("the claim that it would change"),
    "rights": _("what readers may see of the text"),
    "snapshot": _("the version that was read"),
    "stance": _("the stance"),
    "statement": _("the statement"),
    "subject": _("the subject"),
    "summarises": _("the list of summaries drawn from it"),
    "summary": _("the summary"),
    "tag": _("the tag"),
    "text": _("the value"),
    "title": _("the title"),
    "translated_title": _("the translated title"),
    "url": _("the address"),
    "value": _("the value"),
    "verdict": _("the verdict"),
    "when": _("the date"),
}
STEPS = {
    Status.DRAFT: _("It became a draft again."),
    Status.IN_REVIEW: _("It was sent to review."),
    Status.PUBLISHED: _("It was published."),
    Status.RETRACTED: _("It was retracted."),
}
IN_LANGUAGE = {
    "en": _("%(what)s in English"),
    "fr": _("%(what)s in French"),
    "zh_hans": _("%(what)s in Chinese"),
}
# These columns of a claim make one value together.
VALUE = {"object", "amount", "unit", "bound", "date", "url"}
# What a place in a passage is stored as, told by the passage itself; and what follows from other columns.
UNTOLD = {
    "prefix",
    "suffix",
    "start",
    "end",
    "revision",
    "value_type",
    "known_since",
    "claim_count",
    "created_at",
    "updated_at",
}


def changed_fields(old: models.Model, new: models.Model) -> list[str]:
    """Name the columns in which two states differ, in the order of the model; either may be a row of history.

    A text that was never given and an empty one are the same. The plain column of a translated text repeats one of
    its languages, so it is left out, and so is what follows from other columns.
    """
    model = _model(old)
    return [
        field.name
        for field in model._meta.concrete_fields
        if not field.primary_key
        and field.name not in UNTOLD
        and (field.editable or getattr(field, "translated_field", None))
        and not hasattr(model, f"{field.name}_en")
        and (getattr(old, field.attname) or None) != (getattr(new, field.attname) or None)
    ]


def changed_lists(old: models.Model, new: models.Model) -> list[str]:
    """Name the lists in which two states differ; two queries a list."""
    return [name for name in _lists(old) if set(_names(old, name)) != set(_names(new, name))]


def sentences(old: models.Model, new: models.Model, *, leave_out: Iterable[str] = ()) -> list[SafeString]:
    """Tell as HTML what turned `old` into `new`: columns first, then lists; empty for what did not change.

    Either may be a row of history. Costs a query for each record that a changed column refers to, and one for each
    list unless it was prefetched.
    """
    names = [name for name in changed_fields(old, new) if name not in leave_out]
    told = []
    if _model(old) is Claim and VALUE & set(names):
        told.append(_told(noun("value"), *_values(old, new)))
        names = [name for name in names if name not in VALUE]
    if "status" in names:
        told.insert(0, format_html("{}", STEPS[Status(new.status)]))  # type: ignore[attr-defined]
        names.remove("status")
    told += [_told(noun(name), words(old, name), words(new, name)) for name in names]
    for name in _lists(old):
        if name not in leave_out:
            told += _listed(noun(name), _names(old, name), _names(new, name))
    return told


def undone(rows: tuple[Any, Any], record: Any) -> tuple[dict[str, Any], list[str]]:
    """Say what the fields of a record would hold without one change of its history, given as the states around it.

    Gives the old values by field, ids for records, and what was changed again since, which stays as it is.
    """
    old, new = rows
    values: dict[str, Any] = {}
    again = []
    for name in changed_fields(old, new):
        field: Any = _model(old)._meta.get_field(name)
        if (getattr(record, field.attname) or None) == (getattr(new, field.attname) or None):
            values[name] = getattr(old, field.attname)
        else:
            again.append(noun(name))
    for name in _lists(old):
        before, after = set(_names(old, name)), set(_names(new, name))
        if before != after:
            values[name] = sorted((set(_names(record, name)) - (after - before)) | (before - after))
    return values, again


def noun(name: str) -> str:
    """Give what a field is called in a sentence, with its language."""
    for language in IN_LANGUAGE:
        if name.endswith(f"_{language}"):
            return str(IN_LANGUAGE[language]) % {"what": noun(name.removesuffix(f"_{language}"))}
    return str(NOUNS.get(name, name.replace("_", " ")))


def words(state: Any, name: str) -> str:
    """Write what a column of a state holds as a person would; empty for nothing. One query for a foreign key."""
    field: Any = _model(state)._meta.get_field(name)
    value = getattr(state, field.attname)
    if value in (None, "", []):
        return ""
    if field.is_relation:
        return _word_of(state, name)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, EdtfField):
        return edtf.describe(value)
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, date):
        return date_format(value)
    if isinstance(value, list):
        return ", ".join(" ".join(each.values()) if isinstance(each, dict) else str(each) for each in value)
    return str(value)


def came(what: str, new: str) -> SafeString:
    return format_html(gettext("{what} was added: {new}"), what=capfirst(what), new=difference("", new))


def went(what: str, old: str) -> SafeString:
    return format_html(gettext("{what} was taken out: {old}"), what=capfirst(what), old=difference(old, ""))


def of_part(what: str, sentence: SafeString) -> SafeString:
    """Say of which row of a record, such as a citation, a sentence speaks."""
    return format_html("{} – {}", capfirst(what), sentence)


def _told(what: str, old: str, new: str) -> SafeString:
    if not old:
        return came(what, new)
    if not new:
        return went(what, old)
    changed = difference(old, new)
    return format_html(gettext("{what} changed: {difference}"), what=capfirst(what), difference=changed)


def _listed(what: str, old: dict[int, str], new: dict[int, str]) -> Iterable[SafeString]:
    what = capfirst(what)
    if more := [each for pk, each in new.items() if pk not in old]:
        yield format_html(gettext("{what} has more: {new}"), what=what, new=difference("", ", ".join(more)))
    if less := [each for pk, each in old.items() if pk not in new]:
        yield format_html(gettext("{what} has less: {old}"), what=what, old=difference(", ".join(less), ""))


def _values(old: Any, new: Any) -> tuple[str, str]:
    """Write the values of two states as pages do; figures that look alike there are written out."""
    before, after = _value(old), _value(new)
    if before != after or None in (old.amount, new.amount):
        return before, after
    exact = [f"{words} ({Decimal(state.amount).normalize():f})" for words, state in ((before, old), (after, new))]
    return exact[0], exact[1]


def _value(state: Any) -> str:
    try:
        return wording.value_text(getattr(state, "instance", state))
    except ObjectDoesNotExist:
        return gettext("a record that was deleted")


def _model(state: Any) -> type[models.Model]:
    """Give the model of a record, or of the record that a row of history is a state of."""
    model = getattr(state, "instance_type", type(state))
    return model._meta.concrete_model or model


def _lists(state: Any) -> list[str]:
    history = _model(state).history.model  # type: ignore[attr-defined]
    return [field.name for field in history._history_m2m_fields]


def _names(state: Any, name: str) -> dict[int, str]:
    """Map the ids in a list of a state to words, in the order of the ids."""
    if not hasattr(state, "instance_type"):
        return {record.pk: str(record) for record in getattr(state, name).order_by("pk")}
    field: Any = _model(state)._meta.get_field(name)
    other = field.m2m_reverse_field_name()
    rows = {getattr(row, f"{other}_id"): row for row in getattr(state, name).all()}
    return {pk: _word_of(rows[pk], other) for pk in sorted(rows)}


def _word_of(row: Any, name: str) -> str:
    """Name the record that a row refers to; a join gives None for one that is gone, a look-up an error."""
    with suppress(ObjectDoesNotExist):
        if (record := getattr(row, name)) is not None:
            return str(record)
    return gettext("a record that was deleted")

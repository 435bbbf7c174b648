"""The model fields of the story: partial dates, web addresses, and lists kept in one column."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator, URLValidator
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from . import edtf


def validate_edtf(value: str) -> None:
    """Refuse text that is not an EDTF date of our subset, with the reason."""
    try:
        edtf.parse(value)
    except edtf.EdtfError as error:
        raise ValidationError(str(error), code="edtf") from error


class EdtfField(models.CharField):  # type: ignore[type-arg]
    """An EDTF date as canonical text; blank means no date.

    With `earliest` and `latest`, the names of two nullable date fields declared *after* this one, each write (also in
    bulk) sets them to the first and last day the date may mean; open ends become `edtf.OPEN_START` and
    `edtf.OPEN_END`.

    Raises:
        edtf.EdtfError: on writing text that is not EDTF, so that a wrong date never reaches the database.
    """

    default_validators = [validate_edtf]

    def __init__(self, *args: Any, earliest: str = "", latest: str = "", **kwargs: Any) -> None:
        self.earliest, self.latest = earliest, latest
        kwargs.setdefault("max_length", 60)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        if self.earliest:
            kwargs |= {"earliest": self.earliest, "latest": self.latest}
        return name, path, args, kwargs

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return value.strip() if isinstance(value, str) else value

    def formfield(self, **kwargs: Any) -> Any:
        """Refuse wrong dates in the form already, so that no record with one is ever worded."""
        return super().formfield(**{"validators": [validate_edtf]} | kwargs)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        text: str = getattr(model_instance, self.attname)
        date = edtf.parse(text) if text else None
        if self.earliest:
            setattr(model_instance, self.earliest, date.earliest if date else None)
            setattr(model_instance, self.latest, date.latest if date else None)
        text = date.text if date else ""
        setattr(model_instance, self.attname, text)
        return text


class WebAddressField(models.URLField):  # type: ignore[type-arg]
    """An http or https address; blank means none. Other schemes never become a link."""

    default_validators = [URLValidator(schemes=["http", "https"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 500)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"assume_scheme": "https"} | kwargs)


def sort_key(text: str) -> str:
    """Fold a name to what it is sorted by: no accents, case or punctuation, so that É stands with E.

    Of Latin letters only a to z are left, on which the collations of all databases agree.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, folded))


class SortKeyField(models.CharField):  # type: ignore[type-arg]
    """The sort key of the first of the `sources` that has words; each write, also in bulk, keeps it."""

    def __init__(self, *args: Any, sources: Sequence[str] = (), **kwargs: Any) -> None:
        self.sources = tuple(sources)
        kwargs.setdefault("max_length", 300)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"sources": self.sources}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        words = next((text for source in self.sources if (text := getattr(model_instance, source))), "")
        key = sort_key(words)[: self.max_length]
        setattr(model_instance, self.attname, key)
        return key


class LinesFormField(forms.CharField):
    """A list of strings as text, one a line."""

    widget = forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        # Here, since the stock check would look at the list, and PostgreSQL keeps no such character in JSON.
        ProhibitNullCharactersValidator()(value or "")
        return [line.strip() for line in (value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool((initial or []) != self.to_python(data))
        except ValidationError:
            return True


class PlainEncoder(json.JSONEncoder):
    """Writes letters of every script as they are; SQLite keeps JSON as written, and names in it are searched for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs | {"ensure_ascii": False})


class WordsField(models.JSONField):
    """A list of different words or names, edited one a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)
        self.encoder = PlainEncoder

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["encoder"]
        return name, path, args, kwargs

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if not isinstance(value, list) or not all(isinstance(word, str) and word.strip() for word in value):
            raise ValidationError(_("Write one entry a line."))
        if len(set(value)) != len(value):
            raise ValidationError(_("An entry is repeated."))

    def formfield(self, **kwargs: Any) -> Any:
        return LinesFormField(
            required=not self.blank, label=capfirst(self.verbose_name), help_text=self.help_text, initial=list
        )


class LinksFormField(LinesFormField):
    """A list of `{"type", "url"}` as text: one a line, the word before the address."""

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, list):
            return "\n".join(f"{link['type']} {link['url']}" for link in value)
        return value

    def to_python(self, value: Any) -> Any:
        lines = [line.rpartition(" ") for line in super().to_python(value)]
        return [{"type": word.strip(), "url": address} for word, _space, address in lines]


class LinksField(models.JSONField):
    """A list of `{"type": word, "url": http(s) address}`, edited one a line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        super().__init__(*args, **kwargs)

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        check_address = URLValidator(schemes=["http", "https"])
        for link in value:
            if not isinstance(link, dict) or set(link) != {"type", "url"} or not str(link["type"]).strip():
                raise ValidationError(_("A link is a word for what it is, a space, then its address."))
            try:
                check_address(link["url"])
            except ValidationError as error:
                raise ValidationError(_("“%(url)s” is not an http or https address."), params=link) from error

    def formfield(self, **kwargs: Any) -> Any:
        return LinksFormField(
            required=not self.blank, label=capfirst(self.verbose_name), help_text=self.help_text, initial=list
        )

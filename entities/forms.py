"""Every query parameter of the pages of entities and claims is validated here."""

import builtins
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, ClassVar, Self, cast
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.db.models import Case, Exists, F, Model, OuterRef, QuerySet, Value, When
from django.db.models.functions import ExtractYear, Substr
from django.forms.models import ModelChoiceIterator
from django.http import HttpRequest, QueryDict
from django.utils.text import capfirst, slugify
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from . import addresses, edtf, facets
from .fields import sort_key
from .models import AIModel, Claim, Entity, Lane, Property, Tag, Verdict
from .querysets import DATED, ClaimQuerySet, EntityQuerySet, date_key

# What social networks and newsletters hang on an address that somebody shared; it is not for the page.
TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|[gw]braid|gad_\w+|srsltid|dclid|msclkid|igshid|igsh|t[tw]clid|li_fat_id|yclid|mc_[ce]id"
    r"|_hsenc|_hsmi|mkt_tok|ref|ref_src|si"
)

# Where in a list a page stands; another filter begins the list anew.
PLACES = ("after", "before", "page")
# Of a name or value that is refused; enough to recognise it.
MOST_SHOWN = 80


def shown(text: str) -> str:
    """Make what stood in an address fit for a page: short, and nothing in it that does not print."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text[:MOST_SHOWN])


class QueryForm(forms.Form):
    """The parameters that a page takes; a page that takes none uses this form as it is."""

    use_required_attribute = False
    # Whether parameters that it does not know are for somebody else, and no mistake.
    takes_more = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    @classmethod
    def read(cls, request: HttpRequest) -> Self:
        """Validate the query of a request.

        Raises:
            BadRequest: for a parameter that the page does not know or a value that it cannot use, naming each.
        """
        return cls.of(request.GET)

    @classmethod
    def of(cls, query: QueryDict) -> Self:
        """Validate a query, as `read` does."""
        form = cls(query)
        problems = [
            gettext("This page has no parameter “%(name)s”.") % {"name": shown(name)}
            for name in query
            if name not in form.fields and not cls.takes_more and not TRACKING.fullmatch(name)
        ]
        for name, errors in form.errors.items():
            value = form.data.get(name, "").strip()
            reasons = [str(error).replace(value, shown(value)) for error in errors]
            problems += [gettext("“%(name)s”: %(reason)s") % {"name": name, "reason": reason} for reason in reasons]
        if problems:
            raise BadRequest(" ".join(problems))
        return form

    @property
    def chosen(self) -> dict[str, Any]:
        """The filters that are set, by name, in the order of the form; where in the list one stands is no filter."""
        return {name: value for name, value in self.cleaned_data.items() if value and name not in ("after", "before")}

    @property
    def is_typed(self) -> bool:
        """Whether a filter is set that has a field to type in; others are links."""
        return any(field.name in self.chosen for field in self.visible_fields())

    def kept_fields(self) -> list[forms.BoundField]:
        """What is set by links, to go along with what is typed."""
        return [field for field in self.hidden_fields() if field.name in self.chosen]

    def words_for(self, name: str) -> str:
        """Write a filter that is set as readers have it."""
        value, field = self.cleaned_data[name], self.fields[name]
        if isinstance(value, edtf.Edtf):
            return edtf.describe(value)
        if isinstance(field, forms.ChoiceField) and not isinstance(value, Model):
            choices: Any = field.choices
            value = dict(choices)[value]
        return str(value)

    def address(self, **changes: str) -> str:
        """The query of this page with some filters set or (empty) taken away, from the beginning of its list."""
        given = cast(QueryDict, self.data)
        kept: dict[str, Any] = {
            name: value.slug if isinstance(value, Entity) else given.getlist(name)
            for name, value in self.chosen.items()
            if name not in PLACES
        }
        query = {name: values for name, values in (kept | changes).items() if values}
        return f"?{urlencode(query, doseq=True)}" if query else "./"

    @property
    def parameters(self) -> dict[str, str]:
        """The filters that are set, as the address has them; an entity is named by its slug, however it was typed."""
        return {
            name: value.slug if isinstance(value, Entity) else str(self.data[name])
            for name, value in self.chosen.items()
        }

    @property
    def query(self) -> str:
        """The filters that are set, as the end of an address; empty without any."""
        return f"?{urlencode(self.parameters)}" if self.chosen else ""


class RecordField(forms.CharField):
    """A record given by its slug or one it had; cleans to it, or None when the parameter is absent.

    Costs one query, two for a former slug.
    """

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        self.queryset = queryset
        super().__init__(max_length=160, required=False, **kwargs)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not value:
            return None
        record = self.find(text)
        if record is None:
            raise ValidationError(gettext("nothing here is called “%(name)s”.") % {"name": value})
        return record

    def find(self, text: str) -> Model | None:
        return addresses.find(self.queryset, slugify(text))


def typed(entity: Entity) -> str:
    """What to type for an entity: its name where that leads back to it as its slug does, else the slug."""
    return str(entity) if slugify(str(entity)) == entity.slug else entity.slug


class EntityBoundField(forms.BoundField):
    """Shows the name of an entity that was found, however it was asked for."""

    form: forms.Form

    def value(self) -> Any:
        found = getattr(self.form, "cleaned_data", {}).get(self.name)
        return typed(found) if isinstance(found, Entity) else super().value()


class EntityField(RecordField):
    """An entity given by its slug, one it had, or its name, which costs a third query."""

    queryset: EntityQuerySet
    bound_field_class = EntityBoundField

    def find(self, text: str) -> Model | None:
        return super().find(text) or self.queryset.named(text)


class LoadedChoices(ModelChoiceIterator):  # type: ignore[type-arg]
    """The choices out of a queryset that remembers what it found, where the stock iterator asks again.

    In the order of their words in the active language.
    """

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        yield from (self.choice(record) for record in sorted(self.queryset or [], key=lambda each: sort_key(str(each))))


class RecordChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A record of a short vocabulary, named by its slug; costs one query to clean and show."""

    iterator = LoadedChoices

    def __init__(self, queryset: QuerySet[Any], **kwargs: Any) -> None:
        super().__init__(
            queryset, to_field_name="slug", required=False, empty_label=pgettext_lazy("filter", "all"), **kwargs
        )
        self.error_messages["invalid_choice"] = _("nothing here is called “%(value)s”.")

    def to_python(self, value: Any) -> Any:
        found = next((record for record in self.queryset or [] if record.slug == value), None) if value else None
        if value and found is None:
            message = self.error_messages["invalid_choice"]
            raise ValidationError(message, code="invalid_choice", params={"value": value})
        return found


def tags_of(records: QuerySet[Any]) -> QuerySet[Tag]:
    """The tags that some of these records have; others would lead to nothing."""
    return Tag.objects.filter(Exists(records.filter(tagged_items__tag=OuterRef("pk"))))


class EdtfFormField(forms.CharField):
    """A year, month or day of a query; cleans to an `edtf.Edtf`, or None when absent."""

    def clean(self, value: Any) -> edtf.Edtf | None:
        text = super().clean(value)
        try:
            return edtf.parse(text) if text else None
        except edtf.EdtfError as error:
            raise ValidationError(str(error)) from error


class ChoiceField(forms.ChoiceField):
    """A choice of the page, where nothing means all."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(choices=[("", pgettext_lazy("filter", "all")), *choices], required=False, **kwargs)


class PagedForm(QueryForm):
    """The query of a list that comes in pages."""

    after = forms.SlugField(max_length=160, required=False, widget=forms.HiddenInput)
    before = forms.SlugField(max_length=160, required=False, widget=forms.HiddenInput)

    def neighbours(self) -> dict[str, Any]:
        """The record that the page follows or precedes, as arguments of `keyset.page`."""
        return {"after": self.cleaned_data["after"], "before": self.cleaned_data["before"]}


class ListForm(PagedForm):
    """The query of a list with facets, which are links, and orders; only what has no short list is typed."""

    FACETS: ClassVar[tuple[str, ...]] = ()
    # The orders by their words in an address, the usual one first.
    SORTS: ClassVar[dict[str, Any]] = {}

    sort = forms.ChoiceField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["sort"]).choices = list(self.SORTS.items())
        for name in self.FACETS:
            self.fields[name].widget = forms.HiddenInput()

    @property
    def order(self) -> str:
        return self.cleaned_data["sort"] or next(iter(self.SORTS))

    def orders(self) -> facets.Facet:
        """The orders that the list can have, as links; the usual one needs no word in the address."""
        usual, *others = self.SORTS.items()
        return self._switch("sort", gettext("Sort by"), [("", usual[1]), *others], self.cleaned_data["sort"])

    def _switch(self, name: str, label: str, choices: Iterable[tuple[str, Any]], chosen: str) -> facets.Facet:
        links = [
            facets.Choice(capfirst(str(words)), self.address(**{name: value}), is_chosen=value == chosen)
            for value, words in choices
        ]
        return facets.Facet(name, label, links)

    def _vocabulary_facet(self, name: str, counted: facets.Tally) -> facets.Facet | None:
        field = cast(forms.ChoiceField, self.fields[name])
        choices: Any = field.choices
        found = facets.in_order_of(choices, counted.found.get(name, ()))
        return facets.facet(self, name, str(field.label), found, counted)

    def _tag_facet(self, counted: facets.Tally) -> facets.Facet | None:
        return facets.facet(self, "tag", gettext("Tag"), facets.by_count(counted.found.get("tag", ())), counted)

    def _year_facet(self, counted: facets.Tally, label: str) -> facets.Facet | None:
        return facets.facet(self, "year", label, facets.newest_first(counted.found.get("year", ())), counted)


class YearField(forms.IntegerField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=9999, required=False, **kwargs)


class EntityListForm(ListForm):
    FACETS = ("tag", "year")
    SORTS: ClassVar[dict[str, Any]] = {
        "name": pgettext_lazy("order", "name"),
        "newest": pgettext_lazy("order", "newest"),
        "connected": pgettext_lazy("order", "most connected"),
    }

    tag = RecordChoiceField(tags_of(Entity.objects.published()), label=_("Tag"))
    year = YearField(label=_("Year"))

    def entities(self, kind: str) -> EntityQuerySet:
        """The published entities of a kind that pass the filters, in no order."""
        data, entities = self.cleaned_data, Entity.objects.published().of_kind(kind)
        if data["tag"]:
            entities = entities.tagged(data["tag"])
        return entities.of_year(kind, data["year"]) if data["year"] else entities

    def keys(self) -> list[str]:
        """The order, as keys of `keyset.page`."""
        match self.order:
            case "newest":
                return ["-known_since", "-pk"]
            case "connected":
                return ["-claim_count", "-pk"]
        return [f"sort_name_{get_language()}", "pk"]

    def counted(self, kind: str) -> facets.Tally:
        columns, links = year_of(kind)
        return facets.tally(self.entities(kind), columns, links | {"tag": facets.tags(Entity)})

    def list_facets(self, kind: str, counted: facets.Tally) -> list[facets.Facet]:
        found = [self._tag_facet(counted), self._year_facet(counted, str(YEARS.get(kind, _("Known since"))))]
        return [facet for facet in found if facet]


class EntityTableForm(EntityListForm):
    """The query of the same list as a file, which has no pages."""

    after = None  # type: ignore[assignment]
    before = None  # type: ignore[assignment]


# What the year of an entity is: for some kinds that of a property, else that in which the public learnt of it.
YEARS = {
    Entity.Kind.COMPANY.value: _("Year of founding"),
    Entity.Kind.EVENT.value: _("Year it was held"),
    Entity.Kind.MODEL.value: _("Year of release"),
}


def year_of(kind: str) -> tuple[dict[str, facets.Column], dict[str, facets.Link]]:
    """Where the year of an entity stands, as columns and links of `facets.tally`; what `of_year` asks for."""
    if kind not in DATED:
        return {"year": facets.Column(ExtractYear("known_since"))}, {}
    dates = Claim.objects.published().dates_of(DATED[kind])
    return {}, {"year": facets.Link(dates, "subject", Substr(date_key("date"), 1, 4), Value(""))}


class ModelListForm(QueryForm):
    """The filters, columns and order of the comparison of models."""

    # What tells models apart, as far as the vocabulary has it; without a choice these are the columns.
    USUAL = (
        "released",
        "parameters-total",
        "parameters-active",
        "context-window",
        "training-tokens",
        "training-gpu-hours",
        "training-cost",
        "licence",
    )
    NAME = "name"

    tag = RecordChoiceField(tags_of(AIModel.objects.published()), label=_("Tag"), widget=forms.HiddenInput)
    developer = EntityField(Entity.objects.published(), label=_("Developer"), help_text=_("such as DeepSeek"))
    year = YearField(label=_("Year of release"), widget=forms.HiddenInput)
    column = forms.MultipleChoiceField(required=False, label=_("Columns"), widget=forms.CheckboxSelectMultiple)
    sort = forms.CharField(max_length=80, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.vocabulary = {prop.slug: prop for prop in Property.objects.of_models()}
        column = cast(forms.MultipleChoiceField, self.fields["column"])
        column.choices = [(slug, capfirst(str(prop))) for slug, prop in self.vocabulary.items()]
        column.error_messages["invalid_choice"] = _("there is no column “%(value)s”.")

    def clean_sort(self) -> str:
        sort: str = self.cleaned_data["sort"]
        name = sort.removeprefix("-")
        if name in ("", self.NAME):
            return sort
        if name not in self.vocabulary:
            raise ValidationError(gettext("there is no column “%(value)s”.") % {"value": name})
        if self.vocabulary[name].value_type not in ("quantity", "date"):
            raise ValidationError(
                gettext("“%(value)s” has neither numbers nor dates to sort by.") % {"value": self.vocabulary[name]}
            )
        return sort

    @property
    def columns(self) -> list[Property]:
        """The columns chosen, each once, in the order of the address; else the usual ones."""
        chosen = dict.fromkeys(self.cleaned_data["column"])
        return [self.vocabulary[slug] for slug in chosen] or self._usual()

    @property
    def order(self) -> str:
        """What the models are ordered by: the slug of a property or "name", behind "-" from the largest down."""
        return self.cleaned_data["sort"] or self.NAME

    def models(self) -> EntityQuerySet:
        """The published models that pass the filters, in order."""
        data, models = self.cleaned_data, Entity.objects.published().of_kind(Entity.Kind.MODEL)
        if data["tag"]:
            models = models.tagged(data["tag"])
        if data["developer"]:
            models = models.developed_by(data["developer"])
        if data["year"]:
            models = models.of_year(Entity.Kind.MODEL, data["year"])
        name, is_descending = self.order.removeprefix("-"), self.order.startswith("-")
        language = get_language() or "en"
        if name == self.NAME:
            return models.by_name(language, is_descending=is_descending)
        return models.by_value(self.vocabulary[name], language, is_descending=is_descending)

    def counted(self) -> facets.Tally:
        columns, links = year_of(Entity.Kind.MODEL)
        links |= {"tag": facets.tags(Entity), "developer": developers()}
        return facets.tally(self.models(), columns, links)

    def list_facets(self, counted: facets.Tally) -> list[facets.Facet]:
        makers = facets.by_count(counted.found.get("developer", ()))
        years = facets.newest_first(counted.found.get("year", ()))
        found = [
            facets.facet(self, "developer", gettext("Developer"), makers, counted, spell=str),
            facets.facet(self, "tag", gettext("Tag"), facets.by_count(counted.found.get("tag", ())), counted),
            facets.facet(self, "year", gettext("Year of release"), years, counted),
        ]
        return [facet for facet in found if facet]

    def _usual(self) -> list[Property]:
        usual = [self.vocabulary[slug] for slug in self.USUAL if slug in self.vocabulary]
        return usual or list(self.vocabulary.values())[: len(self.USUAL)]


def developers() -> facets.Link:
    """Look up who develops models; what `developed_by` asks for."""
    rows = Claim.objects.published().filter(property__slug="develops")
    return facets.Link(rows, "object", F("subject__slug"), facets.translated("subject__name"))


class ClaimFilterForm(PagedForm):
    """What timeline and ledger have in common."""

    kind = ChoiceField(Entity.Kind.choices, label=_("Kind"))
    entity = EntityField(Entity.objects.published(), label=_("Entity"), help_text=_("such as DeepSeek-R1"))
    tag = RecordChoiceField(tags_of(Entity.objects.published()), label=_("Tag"))
    verdict = ChoiceField([*Verdict.choices, ("none", _("not judged"))], label=_("Verdict"))
    lane = ChoiceField(Lane.choices, label=_("Lane"))

    def filtered(self, claims: ClaimQuerySet) -> ClaimQuerySet:
        """Keep the claims that pass the filters; what is about an entity comes last, as `ClaimQuerySet.about` asks."""
        data = self.cleaned_data
        if data["kind"]:
            claims = claims.filter(subject__kind=data["kind"])
        if data["tag"]:
            claims = claims.tagged(data["tag"])
        if data["verdict"]:
            claims = claims.of_verdict("" if data["verdict"] == "none" else data["verdict"])
        if data["lane"]:
            claims = claims.of_lane(data["lane"])
        return claims.about(data["entity"]) if data["entity"] else claims


FROM, TO = "from", "to"


class TimelineForm(ClaimFilterForm):
    """`from` and `to` are words of Python, so these two fields are added by name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        example = _("2025 or 2025-01-27")
        self.fields[FROM] = EdtfFormField(label=_("From"), required=False, max_length=60, help_text=example)
        self.fields[TO] = EdtfFormField(label=pgettext_lazy("date", "To"), required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get(FROM), data.get(TO)
        if first and last and first.earliest > last.latest:
            self.add_error(TO, _("it must not be before “from”."))
        return data

    def claims(self) -> ClaimQuerySet:
        """The published claims with a lane that pass the filters, in their order."""
        return self.filtered(Claim.objects.published().on_timeline().between(*self.window()))

    def window(self) -> tuple[date | None, date | None]:
        """The first and last day asked for; None for open."""
        first, last = self.cleaned_data[FROM], self.cleaned_data[TO]
        return first and first.earliest, last and last.latest


class LedgerForm(ListForm, ClaimFilterForm):
    SHOW = [
        ("statements", _("written statements")),
        ("values", _("plain values")),
        ("relations", _("relations")),
        ("all", _("everything")),
    ]
    FACETS = ("show", "kind", "verdict", "tag", "lane", "year")
    SORTS: ClassVar[dict[str, Any]] = {
        "newest": pgettext_lazy("order", "newest"),
        "oldest": pgettext_lazy("order", "oldest"),
        "changed": pgettext_lazy("order", "last changed"),
    }
    KEYS: ClassVar[dict[str, list[str]]] = {
        "newest": ["-when_earliest", "-pk"],
        "oldest": ["when_earliest", "pk"],
        "changed": ["-updated_at", "-pk"],
    }

    show = forms.ChoiceField(choices=SHOW, required=False, label=_("Show"))
    property = RecordChoiceField(Property.objects.all(), label=_("Property"))
    year = YearField(label=_("Year"))

    @builtins.property
    def shown(self) -> str:
        """Which sort of claims is shown: of one property all, unless the address says otherwise."""
        return self.cleaned_data["show"] or ("all" if self.cleaned_data["property"] else "statements")

    def claims(self) -> ClaimQuerySet:
        """The published claims that pass the filters, in no order."""
        data, claims = self.cleaned_data, Claim.objects.published()
        if data["property"]:
            claims = claims.filter(property=data["property"])
        if data["year"]:
            claims = claims.filter(when_earliest__year=data["year"])
        match self.shown:
            case "statements":
                claims = claims.written()
            case "values":
                claims = claims.values_only()
            case "relations":
                claims = claims.relations()
        return self.filtered(claims)

    def keys(self) -> list[str]:
        """The order, as keys of `keyset.page`."""
        return self.KEYS[self.order]

    def shows(self) -> facets.Facet:
        """The sorts of claims that can be shown, as links."""
        return self._switch("show", gettext("Show"), self.SHOW, self.shown)

    def counted(self) -> facets.Tally:
        # While a verdict is suspended the claim has none, and is not unjudged either.
        verdict = Case(
            When(verdict_suspended=True, then=Value("")), When(verdict="", then=Value("none")), default=F("verdict")
        )
        columns = {
            "kind": facets.Column(F("subject__kind")),
            "verdict": facets.Column(verdict),
            "lane": facets.Column(F("lane")),
            "year": facets.Column(ExtractYear("when_earliest")),
            "property": facets.Column(F("property__slug"), facets.translated("property__label")),
        }
        counted = facets.tally(self.claims(), columns, {"tag": facets.tags(Entity)}, record="subject")
        if counted.is_complete and not self.cleaned_data["property"]:
            self._offer_properties(counted.found.get("property", ()))
        return counted

    def _offer_properties(self, found: Iterable[facets.Found]) -> None:
        """Let only properties be chosen that some of the claims have, without asking for the others."""
        field = cast(RecordChoiceField, self.fields["property"])
        offered = sorted(((each.value, each.label) for each in found), key=lambda choice: sort_key(choice[1]))
        field.choices = [("", field.empty_label), *offered]

    def list_facets(self, counted: facets.Tally) -> list[facets.Facet]:
        properties = facets.by_count(counted.found.get("property", ()))
        found = [
            self._vocabulary_facet("verdict", counted),
            self._vocabulary_facet("kind", counted),
            self._tag_facet(counted),
            self._vocabulary_facet("lane", counted),
            self._year_facet(counted, gettext("Year")),
            # A property alone would show everything, which is not what was counted.
            facets.facet(self, "property", gettext("Property"), properties, counted, show=self.shown),
        ]
        return [facet for facet in found if facet]


class LedgerTableForm(LedgerForm):
    """The query of the ledger as a file, which has no pages."""

    after = None  # type: ignore[assignment]
    before = None  # type: ignore[assignment]


class RelationshipsForm(QueryForm):
    property = RecordChoiceField(Property.objects.relations(), label=_("Property"))
    kind = ChoiceField(Entity.Kind.choices, label=_("Kind"))
    year = YearField(label=_("Year"))
    entity = EntityField(Entity.objects.published(), label=_("Entity"), help_text=_("such as DeepSeek-R1"))

    def claims(self) -> ClaimQuerySet:
        data, claims = self.cleaned_data, Claim.objects.published().relations()
        if self.chosen.keys() == {"entity"}:
            return claims.first_links(data["entity"])
        if data["property"]:
            claims = claims.filter(property=data["property"])
        if data["kind"]:
            claims = claims.between_kinds(data["kind"])
        if year := data["year"]:
            claims = claims.between(date(year, 1, 1), date(year, 12, 31))
        if data["entity"]:
            claims = claims.linking(data["entity"])
        return claims


class ConnectionsForm(QueryForm):
    """The two ends of a connection; each cleans to its entity, or None when absent.

    Costs one query, and one more for each that is no slug but a name.
    """

    # A longer list of names to choose from helps nobody; slugs and names can be typed all the same.
    MOST_SUGGESTED = 300

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ends = {FROM: pgettext_lazy("entity", "From"), TO: pgettext_lazy("entity", "To")}
        for name, label in ends.items():
            self.fields[name] = field = forms.CharField(
                label=label,
                max_length=160,
                required=False,
                widget=forms.TextInput(attrs={"list": "entities", "autocomplete": "off"}),
                help_text=_("such as DeepSeek-R1"),
            )
            field.bound_field_class = EntityBoundField

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        asked = {name: data[name] for name in (FROM, TO) if data.get(name)}
        known = Entity.objects.published().by_slug(map(slugify, asked.values())) if asked else {}
        for name, text in asked.items():
            data[name] = known.get(slugify(text)) or Entity.objects.published().named(text)
            if data[name] is None:
                self.add_error(name, gettext("nothing here is called “%(name)s”.") % {"name": text})
        if data.get(FROM) and data.get(FROM) == data.get(TO):
            self.add_error(TO, _("it must be another entity than “from”."))
        return data

    @property
    def ends(self) -> tuple[Entity, Entity] | None:
        """The two entities, once both are chosen."""
        start, goal = self.cleaned_data.get(FROM), self.cleaned_data.get(TO)
        return (start, goal) if start and goal else None

    @property
    def only_end(self) -> Entity | None:
        """The entity at one end, while the other is still to be chosen."""
        return None if self.ends else self.cleaned_data.get(FROM) or self.cleaned_data.get(TO)

    def suggestions(self) -> list[tuple[str, str]]:
        """Give (what can be typed, name) for each entity, by name; nothing where they are too many; costs one query."""
        entities = list(Entity.objects.published().order_by("pk")[: self.MOST_SUGGESTED + 1])
        if len(entities) > self.MOST_SUGGESTED:
            return []
        entities.sort(key=lambda each: (sort_key(str(each)), each.pk))
        return [(typed(entity), str(entity)) for entity in entities]


class CompareForm(QueryForm):
    subject = EntityField(Entity.objects.published(), label=_("Entity"), help_text=_("such as DeepSeek-R1"))

    def answers(self, prop: Property) -> ClaimQuerySet:
        """The published values of a property, of one subject when it is chosen, in no order."""
        claims = Claim.objects.published().filter(property=prop)
        return claims.filter(subject=self.cleaned_data["subject"]) if self.cleaned_data["subject"] else claims


class CardForm(QueryForm):
    """The query of the picture of a shared link."""

    WIDTHS = (1200, 600, 300)

    width = forms.TypedChoiceField(choices=[(width, width) for width in WIDTHS], coerce=int, required=False)

    def pixels(self) -> int:
        return int(self.cleaned_data["width"] or self.WIDTHS[0])


class OEmbedForm(QueryForm):
    """What a consumer of oEmbed asks; it may hang on whatever its other providers know."""

    takes_more = True

    url = forms.CharField(max_length=2000)
    maxwidth = forms.IntegerField(min_value=1, max_value=100_000, required=False)
    maxheight = forms.IntegerField(min_value=1, max_value=100_000, required=False)

    def fit(self, width: int, height: int) -> tuple[int, int]:
        """Make a size no larger than asked for."""
        data = self.cleaned_data
        return min(width, data["maxwidth"] or width), min(height, data["maxheight"] or height)

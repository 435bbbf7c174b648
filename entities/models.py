"""What is said: entities of five kinds, the vocabulary, and the claims that link and describe them."""

import builtins
import itertools
from collections.abc import Collection
from decimal import Decimal
from typing import Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy
from taggit.managers import TaggableManager
from taggit.models import GenericTaggedItemBase, TagBase

from . import addresses, prose, wording
from .fields import EdtfField, LinksField, SortKeyField, WebAddressField, WordsField
from .querysets import RANKED, READERS, ClaimManager, EntityManager, KindManager, PropertyManager


class Status(models.TextChoices):
    """How far a record has come; only published ones exist for readers."""

    DRAFT = "draft", _("draft")
    IN_REVIEW = "in-review", _("in review")
    PUBLISHED = "published", _("published")
    RETRACTED = "retracted", _("retracted")


class HowVerified(models.TextChoices):
    """What a judgement of truth rests on."""

    READ = "read", _("read: the source, or a stored copy of it, was read")
    SECONDARY = "secondary", _("secondary: known through another source")
    MEMORY = "memory", _("memory: general knowledge, not checked")


class Tag(TagBase):
    """A subject under which entities and articles are gathered; `name` is its English key, `label` what readers see."""

    label = models.CharField(_("label"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        # Collations disagree on punctuation, so nothing is ordered by a text that has any.
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.label or self.name


class TaggedItem(GenericTaggedItemBase):
    """One tag on one record."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged_items")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tag", "content_type", "object_id"], name="taggeditem_unique"),
        ]
        # Serves the tags of one record.
        indexes = [models.Index(fields=["content_type", "object_id"], name="taggeditem_record")]


class FormerSlug(models.Model):
    """A slug that a record had before it was renamed, or that of a record merged into it: both lead to it for ever."""

    slug = models.SlugField(_("slug"), max_length=160, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), default=100)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.slug


class Entity(models.Model):
    """Who or what has a page: identity only, everything else that is said of it is a claim."""

    class Kind(models.TextChoices):
        PERSON = "person", pgettext_lazy("kind", "Person")
        COMPANY = "company", pgettext_lazy("kind", "Company")
        MODEL = "model", pgettext_lazy("kind", "Model")
        EVENT = "event", pgettext_lazy("kind", "Event")
        IDEA = "idea", pgettext_lazy("kind", "Idea")

    # The kind that a proxy stands for; none for the table itself.
    proxy_kind: ClassVar[str] = ""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    slug = models.SlugField(
        _("slug"),
        max_length=120,
        unique=True,
        help_text=_("The end of its address; one for all kinds. Every one it had leads here for ever."),
    )
    name = models.CharField(_("name"), max_length=300)
    sort_name_en = SortKeyField(sources=["name_en"])
    sort_name_fr = SortKeyField(sources=["name_fr", "name_en"])
    native_name = models.CharField(
        _("name in its own script"), max_length=300, blank=True, help_text=_("For instance 梁文锋.")
    )
    native_language = models.CharField(
        _("language of that name"), max_length=20, blank=True, help_text=_("A language tag, such as zh-Hans.")
    )
    aliases = WordsField(_("aliases"), blank=True, help_text=_("Other names, one a line."))
    summary = models.TextField(
        _("summary"),
        blank=True,
        help_text=_("Markdown, in our words. [words](claim:SLUG) is a footnote, [words](entity:SLUG) a link."),
    )
    links = LinksField(
        _("links"),
        blank=True,
        help_text=_("One a line: what it is, a space, its address. For instance: homepage https://example.org/"),
    )
    public_since = models.DateField(
        _("public since"),
        null=True,
        blank=True,
        help_text=_("First day the public knew of it; blank: from its claims."),
    )
    known_since = models.DateField(
        _("known since"), null=True, blank=True, editable=False, help_text=_("Kept by articles.clock.")
    )
    claim_count = models.PositiveIntegerField(
        _("number of claims"),
        default=0,
        editable=False,
        help_text=_("Published ones, up to a bound at either end; kept by articles.clock."),
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    tags = TaggableManager(through=TaggedItem, blank=True, verbose_name=_("tags"))

    objects = EntityManager()

    class Meta:
        verbose_name = _("entity")
        verbose_name_plural = _("entities")
        ordering = ["sort_name_en", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["person", "company", "model", "event", "idea"]), name="entity_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in-review", "published", "retracted"]), name="entity_status_known"
            ),
            models.CheckConstraint(condition=Q(name_en__gt=""), name="entity_name_given"),
            # A name in another script without its language could not be read aloud.
            models.CheckConstraint(
                condition=Q(native_name="", native_language="") | Q(native_name__gt="", native_language__gt=""),
                name="entity_native_name_has_language",
            ),
        ]
        # Serve the list of a kind in each language.
        indexes = [
            models.Index(fields=["kind", "sort_name_en", "id"], name="entity_list_en"),
            models.Index(fields=["kind", "sort_name_fr", "id"], name="entity_list_fr"),
            # Serve its other orders: newest and most connected first.
            models.Index(fields=["kind", "known_since", "id"], name="entity_newest"),
            models.Index(fields=["kind", "claim_count", "id"], name="entity_connected"),
            # Serves the numbers of entities, without a look at the rows.
            models.Index(fields=["status", "kind"], name="entity_count"),
            # Serves what is new.
            models.Index(fields=["updated_at", "id"], name="entity_changed"),
        ]
        permissions = [("publish_entity", _("Can publish and retract entities"))]

    def __str__(self) -> str:
        return self.name or self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.kind = self.proxy_kind or self.kind
        with addresses.kept(self):
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Its page, or its preview while readers have none."""
        if self.status != Status.PUBLISHED:
            return reverse("entities:entity-preview", args=[self.slug])
        return reverse(f"entities:{self.kind}", args=[self.slug])

    def own_articles(self, statuses: Collection[str] = READERS) -> QuerySet[Any]:
        """The articles of these statuses that it wrote or published, newest first; none for what cannot write."""
        articles: Any = apps.get_model("articles", "Article")._default_manager
        if self.kind not in (self.Kind.PERSON, self.Kind.COMPANY):
            return articles.none()
        return articles.of_statuses(statuses).by_or_from(self).order_by("-published_latest", "-pk")

    def clean(self) -> None:
        """Hold the links in the prose against the records that they name; costs up to two queries a language."""
        super().clean()
        addresses.validate_slug(self)
        if self.native_name and not self.native_language:
            raise ValidationError({"native_language": _("Name the language of the name in its own script.")})
        if self.native_language and not self.native_name:
            raise ValidationError({"native_name": _("Give the name in this language, or leave the language out.")})
        prose.validate_links(self, "summary")


class FormerEntitySlug(FormerSlug):
    record = models.ForeignKey(Entity, models.CASCADE, related_name="former_slugs")


class Person(Entity):
    proxy_kind = Entity.Kind.PERSON
    objects: ClassVar[KindManager] = KindManager(Entity.Kind.PERSON)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("person")
        verbose_name_plural = _("people")


class Company(Entity):
    """A firm, and any other organisation: university, regulator, newspaper."""

    proxy_kind = Entity.Kind.COMPANY
    objects: ClassVar[KindManager] = KindManager(Entity.Kind.COMPANY)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("company")
        verbose_name_plural = _("companies")


class AIModel(Entity):
    proxy_kind = Entity.Kind.MODEL
    objects: ClassVar[KindManager] = KindManager(Entity.Kind.MODEL)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("model")
        verbose_name_plural = _("models")


class Event(Entity):
    proxy_kind = Entity.Kind.EVENT
    objects: ClassVar[KindManager] = KindManager(Entity.Kind.EVENT)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("event")
        verbose_name_plural = _("events")


class Idea(Entity):
    proxy_kind = Entity.Kind.IDEA
    objects: ClassVar[KindManager] = KindManager(Entity.Kind.IDEA)  # type: ignore[assignment]

    class Meta:
        proxy = True
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")


# The word of a kind in addresses.
KIND_PATHS = {"person": "people", "company": "companies", "model": "models", "event": "events", "idea": "ideas"}
KINDS: dict[str, type[Entity]] = {kind.proxy_kind: kind for kind in (Person, Company, AIModel, Event, Idea)}


class Unit(models.Model):
    """What an amount counts: a currency, a word, or both (dollars per million tokens)."""

    code = models.CharField(
        _("code"), max_length=40, unique=True, help_text=_("ISO 4217, %, 1 for a bare number, or a plain word.")
    )
    currency = models.CharField(
        _("currency"), max_length=3, blank=True, help_text=_("The ISO 4217 code of an amount of money.")
    )
    singular = models.CharField(_("singular"), max_length=60, blank=True, help_text=_("The word beside one."))
    plural = models.CharField(_("plural"), max_length=60, blank=True, help_text=_("The word beside many."))

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.code


class Property(models.Model):
    """A word of the vocabulary: what can be said of an entity, and with what sort of value."""

    class ValueType(models.TextChoices):
        ENTITY = "entity", _("entity")
        DATE = "date", _("date")
        QUANTITY = "quantity", _("quantity")
        TEXT = "text", _("text")
        URL = "url", _("address")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    label = models.CharField(_("label"), max_length=120)
    pattern = models.CharField(
        _("sentence"), max_length=200, help_text=_("With {subject} and {value}: “{subject} founded {value}”.")
    )
    value_type = models.CharField(_("type of value"), max_length=10, choices=ValueType)
    inverse_slug = models.SlugField(
        _("inverse slug"),
        max_length=60,
        blank=True,
        help_text=_("Its name seen from the object; its own if symmetric."),
    )
    inverse_label = models.CharField(_("inverse label"), max_length=120, blank=True)
    inverse_pattern = models.CharField(
        _("inverse sentence"), max_length=200, blank=True, help_text=_("“{value} was founded by {subject}”.")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="properties", verbose_name=_("usual unit")
    )
    other_units = models.ManyToManyField(
        Unit, blank=True, related_name="other_properties", verbose_name=_("other units allowed")
    )
    subject_kinds = WordsField(_("kinds of subject"), help_text=_("person, company, model, event, idea; one a line."))
    object_kinds = WordsField(_("kinds of object"), blank=True, help_text=_("For a relation; one a line."))
    is_functional = models.BooleanField(
        _("functional"), default=False, help_text=_("An entity should have one value only; further ones are ranked.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=100, help_text=_("Place among the facts of a page."))
    note = models.TextField(_("note"), blank=True, help_text=_("What counts and what does not."))
    schema_org = models.CharField(_("schema.org term"), max_length=60, blank=True)
    inverse_schema_org = models.CharField(_("inverse schema.org term"), max_length=60, blank=True)
    wikidata = models.CharField(_("Wikidata property"), max_length=20, blank=True)
    inverse_wikidata = models.CharField(_("inverse Wikidata property"), max_length=20, blank=True)

    objects = PropertyManager()

    class Meta:
        verbose_name = _("property")
        verbose_name_plural = _("properties")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(value_type__in=["entity", "date", "quantity", "text", "url"]), name="property_type_known"
            ),
            # Only a relation can be read from its other end.
            models.CheckConstraint(
                condition=Q(value_type="entity", inverse_slug__gt="") | (~Q(value_type="entity") & Q(inverse_slug="")),
                name="property_inverse_of_relation",
            ),
            models.CheckConstraint(
                condition=Q(value_type="quantity", unit__isnull=False)
                | (~Q(value_type="quantity") & Q(unit__isnull=True)),
                name="property_unit_of_quantity",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.slug

    def get_absolute_url(self) -> str:
        return reverse("entities:claims") + f"?property={self.slug}"

    def clean(self) -> None:
        """Hold the parts against the type of value; costs up to a query."""
        super().clean()
        is_relation = self.value_type == self.ValueType.ENTITY
        errors: dict[str, Any] = {}
        if self.pk and self.claims.exclude(value_type=self.value_type).exists():
            errors["value_type"] = _("There are claims with values of the type it had.")
        if is_relation != bool(self.inverse_slug):
            errors["inverse_slug"] = _("A relation needs an inverse; a value has none.")
        if is_relation and not english(self, "inverse_label"):
            errors["inverse_label_en"] = _("A relation needs a label for each direction.")
        if is_relation != bool(self.object_kinds):
            errors["object_kinds"] = _("A relation names the kinds of its object; a value has none.")
        if (self.value_type == self.ValueType.QUANTITY) != (self.unit_id is not None):
            errors["unit"] = _("A quantity needs a unit; nothing else has one.")
        for field in ("subject_kinds", "object_kinds"):
            if unknown := set(getattr(self, field)) - set(Entity.Kind.values):
                errors[field] = _("There is no kind “%(kinds)s”.") % {"kinds": ", ".join(sorted(unknown))}
        errors |= wording.pattern_errors(self)
        if errors:
            raise ValidationError(errors)

    @property
    def is_relation(self) -> bool:
        return self.value_type == self.ValueType.ENTITY

    @property
    def is_symmetric(self) -> bool:
        return bool(self.inverse_slug) and self.inverse_slug == self.slug


class Lane(models.TextChoices):
    """The five lanes of the timeline."""

    MODELS = "models", pgettext_lazy("lane", "Models")
    PEOPLE_AND_FIRMS = "people-and-firms", pgettext_lazy("lane", "People and firms")
    MARKETS_AND_POLICY = "markets-and-policy", pgettext_lazy("lane", "Markets and policy")
    RESEARCH = "research", pgettext_lazy("lane", "Research")
    PRESS = "press", pgettext_lazy("lane", "Press")


class Verdict(models.TextChoices):
    """What the evidence makes of a claim as worded; blank in a claim means that nobody has judged it."""

    SUPPORTED = "supported", _("supported")
    DISPUTED = "disputed", _("disputed")
    MISLEADING = "misleading", _("misleading")
    UNVERIFIED = "unverified", _("unverified")
    OUTDATED = "outdated", _("outdated")


def english(record: models.Model, name: str) -> str:
    """Give a text of a record in English, the one language that must be there, whichever is active."""
    return getattr(record, f"{name}_en") or ""


def _only(value: str) -> Q:
    """Build the condition that of the value columns of a claim only the named one is filled."""
    filled = {
        "object": Q(object__isnull=False),
        "amount": Q(amount__isnull=False, unit__isnull=False),
        "date": Q(date__gt=""),
        "text": Q(text_en__isnull=False, text_en__gt=""),
        "url": Q(url__gt=""),
    }
    empty = {
        "object": Q(object__isnull=True),
        "amount": Q(amount__isnull=True, unit__isnull=True),
        "date": Q(date=""),
        "text": Q(text_en__isnull=True) | Q(text_en=""),
        "url": Q(url=""),
    }
    condition = Q()
    for column in empty:
        condition &= filled[column] if column == value else empty[column]
    return condition


# A relation that readers may see if they may see both of its ends; `graph` asks for it in these words.
PUBLIC_LINK = Q(object__isnull=False, status="published", replaces__isnull=True)


class Claim(models.Model):
    """One thing said of an entity: a sentence, or a property with one value, or both.

    A claim with `replaces` is a proposal: it waits beside the published claim that it would change.
    """

    class Bound(models.TextChoices):
        EXACT = "exact", _("exact")
        ABOUT = "about", _("about")
        AT_LEAST = "at-least", _("at least")
        AT_MOST = "at-most", _("at most")

    class Rank(models.TextChoices):
        PREFERRED = "preferred", _("preferred")
        NORMAL = "normal", _("normal")
        DEPRECATED = "deprecated", _("deprecated")

    class Alternative(models.TextChoices):
        RIVAL = "rival", _("rival: contradicts the preferred value")
        VARIANT = "variant", _("variant: true of another size, part, date or version")

    VALUE_FIELDS: ClassVar[dict[str, str]] = {
        Property.ValueType.ENTITY: "object",
        Property.ValueType.QUANTITY: "amount",
        Property.ValueType.DATE: "date",
        Property.ValueType.TEXT: "text",
        Property.ValueType.URL: "url",
    }
    # The columns that a value of each type may fill; the first of them must be.
    VALUE_COLUMNS: ClassVar[dict[str, tuple[str, ...]]] = {
        Property.ValueType.ENTITY: ("object",),
        Property.ValueType.QUANTITY: ("amount", "unit"),
        Property.ValueType.DATE: ("date",),
        Property.ValueType.TEXT: ("text_en", "text_fr", "text_zh_hans"),
        Property.ValueType.URL: ("url",),
    }
    # SQLite keeps an amount as a floating-point number, which is exact as far as this.
    AMOUNT_DIGITS = 15

    slug = models.SlugField(_("slug"), max_length=160, unique=True, blank=True)
    replaces = models.ForeignKey(
        "self", models.CASCADE, null=True, blank=True, related_name="proposals", verbose_name=_("replaces")
    )
    subject = models.ForeignKey(Entity, models.PROTECT, related_name="claims", verbose_name=_("subject"))
    property = models.ForeignKey(
        Property, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("property")
    )
    value_type = models.CharField(
        _("type of value"), max_length=10, choices=Property.ValueType, blank=True, editable=False
    )
    object = models.ForeignKey(
        Entity, models.PROTECT, null=True, blank=True, related_name="claims_as_object", verbose_name=_("object")
    )
    amount = models.DecimalField(_("amount"), max_digits=30, decimal_places=6, null=True, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="claims", verbose_name=_("unit"))
    date = EdtfField(_("date"), help_text=_("EDTF: 2025, 2025-01, 2025-01-27, 2023~, 2015/2016, [2015,2016]."))
    text = models.CharField(_("text"), max_length=500, blank=True)
    url = WebAddressField(_("address"))
    bound = models.CharField(_("bound"), max_length=10, choices=Bound, default=Bound.EXACT)
    applies_to = models.CharField(
        _("applies to"), max_length=200, blank=True, help_text=_("The part, size or chip that the value covers.")
    )
    as_printed = models.CharField(
        _("as printed"), max_length=120, blank=True, help_text=_("The figure as the source writes it.")
    )
    statement = models.TextField(
        _("statement"), blank=True, help_text=_("Blank: the sentence is made from the property's pattern.")
    )
    title = models.CharField(_("title"), max_length=80, blank=True, help_text=_("A short form for the timeline."))
    when = EdtfField(
        _("when"),
        earliest="when_earliest",
        latest="when_latest",
        help_text=_("When it happened or holds, as an EDTF date: 2025-01-27, 2023~, 2023/.., [2015,2016]."),
    )
    when_earliest = models.DateField(null=True, blank=True, editable=False)
    when_latest = models.DateField(null=True, blank=True, editable=False)
    lane = models.CharField(
        _("lane"), max_length=20, choices=Lane, blank=True, help_text=_("Its lane on the timeline; blank: not on it.")
    )
    mentions = models.ManyToManyField(Entity, blank=True, related_name="mentioned_in", verbose_name=_("mentions"))
    rank = models.CharField(_("rank"), max_length=10, choices=Rank, default=Rank.NORMAL)
    rank_reason = models.CharField(_("reason of the rank"), max_length=500, blank=True)
    alternative = models.CharField(_("beside the preferred value"), max_length=10, choices=Alternative, blank=True)
    verdict = models.CharField(
        _("verdict"),
        max_length=12,
        choices=Verdict,
        blank=True,
        help_text=_("On the words as they stand; blank: none."),
    )
    rationale = models.TextField(_("rationale"), blank=True, help_text=_("Why this verdict."))
    # Kept by `articles.suspension`: a cited passage has changed in substance or is gone since the verdict was given.
    verdict_suspended = models.BooleanField(_("verdict suspended"), default=False, editable=False)
    how_verified = models.CharField(_("how verified"), max_length=10, choices=HowVerified, blank=True)
    checked_on = models.DateField(_("checked on"), null=True, blank=True)
    public_since = models.DateField(
        _("public since"), null=True, blank=True, help_text=_("Blank: from its own day or its earliest source.")
    )
    known_since = models.DateField(_("known since"), null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    objects = ClaimManager()

    class Meta:
        verbose_name = _("claim")
        verbose_name_plural = _("claims")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(value_type="", property__isnull=True) & _only("")
                    | Q(property__isnull=False)
                    & (
                        Q(value_type="entity") & _only("object")
                        | Q(value_type="quantity") & _only("amount")
                        | Q(value_type="date") & _only("date")
                        | Q(value_type="text") & _only("text")
                        | Q(value_type="url") & _only("url")
                    )
                ),
                name="claim_one_value_of_its_type",
            ),
            models.CheckConstraint(
                condition=Q(property__isnull=False) | Q(statement_en__isnull=False, statement_en__gt=""),
                name="claim_says_something",
            ),
            models.CheckConstraint(
                condition=Q(object__isnull=True) | ~Q(object=F("subject")), name="claim_not_about_itself"
            ),
            # Without a day the timeline could not place it.
            models.CheckConstraint(condition=Q(lane="") | Q(when__gt=""), name="claim_on_timeline_has_date"),
            models.CheckConstraint(
                condition=~Q(rank="preferred") | Q(alternative=""), name="claim_preferred_is_no_alternative"
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=["", "supported", "disputed", "misleading", "unverified", "outdated"]),
                name="claim_verdict_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in-review", "published", "retracted"]), name="claim_status_known"
            ),
            models.CheckConstraint(condition=~Q(replaces=F("id")), name="claim_not_its_own_proposal"),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(replaces__isnull=False, status__in=["draft", "in-review"]),
                name="claim_one_open_proposal",
            ),
        ]
        indexes = [
            # Serves the timeline, whole and by lane.
            models.Index(fields=["when_earliest", "id"], condition=Q(lane__gt=""), name="claim_timeline"),
            # Serve the page of one property and of one verdict in the ledger.
            models.Index(fields=["property", "when_earliest", "id"], name="claim_of_property"),
            models.Index(fields=["verdict", "when_earliest", "id"], name="claim_of_verdict"),
            # Serve the ledger, whole and of what is written: SQLite would rather sort all than walk the first one.
            models.Index(fields=["when_earliest", "id"], name="claim_ledger"),
            models.Index(fields=["when_earliest", "id"], condition=Q(statement_en__gt=""), name="claim_written"),
            # Serve what is written of an entity and its timeline: few claims beside the many links of a hub.
            models.Index(
                fields=["subject", "when_earliest", "id"], condition=Q(statement_en__gt=""), name="claim_written_of"
            ),
            models.Index(fields=["object"], condition=Q(statement_en__gt=""), name="claim_written_to"),
            models.Index(fields=["subject", "when_earliest", "id"], condition=Q(lane__gt=""), name="claim_moment_of"),
            models.Index(fields=["object"], condition=Q(lane__gt=""), name="claim_moment_to"),
            # Serve the search for chains of links without a look at the rows, for which SQLite needs the columns of the
            # condition as well.
            models.Index(
                fields=["subject", "object", "status", "replaces"], condition=PUBLIC_LINK, name="claim_link_from"
            ),
            models.Index(
                fields=["object", "subject", "status", "replaces"], condition=PUBLIC_LINK, name="claim_link_to"
            ),
            # Serves the disagreements.
            models.Index(fields=["subject", "property"], condition=RANKED, name="claim_ranked"),
            # Serve the queues of the desk: few claims among many.
            models.Index(fields=["id"], condition=Q(status="in-review"), name="claim_in_review"),
            # Serves ?on=.
            models.Index(fields=["known_since", "id"], name="claim_known_since"),
            # Serves what is new, and the ledger in the order of changes.
            models.Index(fields=["updated_at", "id"], name="claim_changed"),
            # Serve what is new of an entity, whose feed would else read all links of a hub.
            models.Index(fields=["subject", "updated_at", "id"], name="claim_changed_of"),
            models.Index(fields=["object", "updated_at", "id"], name="claim_changed_to"),
        ]
        permissions = [
            ("publish_claim", _("Can publish and retract claims")),
            ("judge_claim", _("Can give a claim its verdict")),
        ]

    def __str__(self) -> str:
        return self.title or self.sentence

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.value_type = self.property.value_type if self.property else ""
        self.slug = self.slug or self.free_slug()
        with addresses.kept(self):
            super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        """Its page, or its preview while readers have none; needs subject and object loaded."""
        return reverse("entities:claim" if self.is_public else "entities:claim-preview", args=[self.slug])

    def free_slug(self) -> str:
        """Make a slug from the English title or sentence, numbered on a clash; costs two queries."""
        with override("en"):
            stem = slugify(self.title or self.sentence)[:150].strip("-") or "claim"
        taken = {
            slug
            for records in (Claim.objects.all(), addresses.former_slugs(Claim))
            for slug in records.filter(slug__startswith=stem).values_list("slug", flat=True)
        }
        numbered = (f"{stem}-{number}" for number in itertools.count(2))
        return stem if stem not in taken else next(slug for slug in numbered if slug not in taken)

    def clean(self) -> None:
        """Hold the claim against its property and its proposals; each error names its column."""
        super().clean()
        addresses.validate_slug(self)
        self.value_type = self.property.value_type if self.property else ""
        errors = self._value_errors() | self._proposal_errors()
        if self.lane and not self.when:
            errors["when"] = _("A claim on the timeline needs a date.")
        if self.rank != self.Rank.NORMAL and not english(self, "rank_reason"):
            errors["rank_reason_en"] = _("Say why this value is ranked so.")
        if self.rank == self.Rank.PREFERRED and self.alternative:
            errors["alternative"] = _("The preferred value is not an alternative to itself.")
        needs_rationale = self.status == Status.PUBLISHED and self.verdict not in ("", Verdict.SUPPORTED)
        if needs_rationale and not english(self, "rationale"):
            errors["rationale_en"] = _("A verdict other than “supported” needs its reason.")
        if errors:
            raise ValidationError(errors)

    def _value_errors(self) -> dict[str, Any]:
        """Map the column of each wrong value to what is wrong with it."""
        prop = self.property
        columns = self.VALUE_COLUMNS[prop.value_type] if prop else ()
        wrong = (
            _("“%(property)s” takes another type of value.") % {"property": prop}
            if prop
            else _("A value needs a property.")
        )
        errors: dict[str, Any] = {
            column: wrong
            for others in self.VALUE_COLUMNS.values()
            for column in others
            if column not in columns and self._is_given(column)
        }
        if prop is None:
            if not english(self, "statement"):
                errors["statement_en"] = _("Write a statement, or choose a property and give its value.")
            return errors
        if not self._is_given(columns[0]):
            errors[columns[0]] = _("“%(property)s” needs this value.") % {"property": prop}
        elif self.amount is not None:
            errors |= self._amount_errors(self.amount, prop)
        return errors | self._kind_errors(prop)

    def _proposal_errors(self) -> dict[str, Any]:
        if self.replaces is None:
            return {}
        if self.replaces_id == self.pk:
            return {"replaces": _("A claim cannot replace itself.")}
        if self.replaces.replaces_id:
            return {"replaces": _("This is a proposal itself; choose the claim that it would change.")}
        open_ones = self.replaces.proposals.filter(status__in=[Status.DRAFT, Status.IN_REVIEW]).exclude(pk=self.pk)
        if self.status in (Status.DRAFT, Status.IN_REVIEW) and open_ones.exists():
            return {"replaces": _("Another change to this claim is waiting already.")}
        return {}

    def _amount_errors(self, amount: Decimal, prop: Property) -> dict[str, Any]:
        if len(amount.normalize().as_tuple().digits) > self.AMOUNT_DIGITS:
            return {"amount": _("At most %(count)s digits are kept exactly.") % {"count": self.AMOUNT_DIGITS}}
        allowed = [prop.unit, *prop.other_units.all()]
        if self.unit in allowed:
            return {}
        return {
            "unit": _("“%(property)s” is counted in %(units)s.")
            % {"property": prop, "units": ", ".join(unit.code for unit in allowed if unit)}
        }

    def _kind_errors(self, prop: Property) -> dict[str, Any]:
        errors: dict[str, Any] = {}
        sides: list[tuple[str, Entity | None, list[str]]] = [
            ("subject", self.subject if self.subject_id else None, prop.subject_kinds),
            ("object", self.object if self.object_id else None, prop.object_kinds),
        ]
        for side, entity, kinds in sides:
            if entity and kinds and entity.kind not in kinds:
                errors[side] = _("“%(property)s” does not take the kind “%(kind)s” here.") % {
                    "property": prop,
                    "kind": entity.get_kind_display(),
                }
        if self.object_id and self.object_id == self.subject_id:
            errors["object"] = _("A claim cannot link an entity to itself.")
        return errors

    def _is_given(self, column: str) -> bool:
        return getattr(self, column) not in (None, "")

    # `property` is a field here, so the decorator goes by its full name.
    @builtins.property
    def is_public(self) -> bool:
        """Whether readers see it, as `ClaimQuerySet.published` has it; needs subject and object loaded."""
        records = [self, self.subject, self.object]
        return self.replaces_id is None and all(each.status == Status.PUBLISHED for each in records if each)

    @builtins.property
    def public_verdict(self) -> str:
        """The verdict as readers see it: "suspended" while a passage that it rests on has changed."""
        return "suspended" if self.verdict and self.verdict_suspended else self.verdict

    @builtins.property
    def public_rationale(self) -> str:
        """Why the verdict, while it stands."""
        return "" if self.verdict_suspended else self.rationale

    @builtins.property
    def value(self) -> "Entity | Decimal | str | None":
        """The one value, in its own type; an EDTF text for a date, None without a property."""
        name = self.VALUE_FIELDS.get(self.value_type)
        return getattr(self, name) if name else None

    @builtins.property
    def sentence(self) -> str:
        """The statement, or the property's pattern filled; needs subject, object, property and unit loaded."""
        return self.statement or wording.sentence(self)


class FormerClaimSlug(FormerSlug):
    record = models.ForeignKey(Claim, models.CASCADE, related_name="former_slugs")

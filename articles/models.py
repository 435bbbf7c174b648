"""Who says it: articles with the revisions of their text, and the citations that tie claims to them."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _
from taggit.managers import TaggableManager

from entities import addresses, prose, wording
from entities.fields import EdtfField, WebAddressField
from entities.models import Claim, Entity, FormerSlug, HowVerified, Status, TaggedItem

from . import clock, reading, suspension, text
from .querysets import LOST, WINDOW, ArticleManager, CitationManager, RevisionManager


class Article(models.Model):
    """A source, or the site's own narrative."""

    class Kind(models.TextChoices):
        ARTICLE = "article", _("article")
        PAPER = "paper", _("paper")
        REPOSITORY = "repository", _("repository")
        INTERVIEW = "interview", _("interview")
        ANNOUNCEMENT = "announcement", _("announcement")
        REPORT = "report", _("report")
        DATASET = "dataset", _("dataset")
        NARRATIVE = "narrative", _("narrative")

    class ReadScope(models.TextChoices):
        FULL = "full", _("full: the whole text was at hand")
        EXCERPT = "excerpt", _("excerpt: the opening passage only")

    class Rights(models.TextChoices):
        PASSAGES = "passages", _("readers see the cited passages")
        WHOLE = "whole", _("readers see the whole text")

    slug = models.SlugField(_("slug"), max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.ARTICLE)
    title = models.CharField(_("title"), max_length=300, help_text=_("As printed, in the language of the article."))
    translated_title = models.CharField(
        _("translated title"), max_length=300, blank=True, help_text=_("In our words, where readers need one.")
    )
    publisher = models.ForeignKey(
        Entity, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("publisher")
    )
    publisher_name = models.CharField(
        _("publisher's name"), max_length=200, blank=True, help_text=_("As printed; needed where it has no page here.")
    )
    published = EdtfField(
        _("published"), earliest="published_earliest", latest="published_latest", help_text=_("As an EDTF date.")
    )
    published_earliest = models.DateField(null=True, blank=True, editable=False)
    published_latest = models.DateField(null=True, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=20, default="en", help_text=_("A language tag: en, fr, zh."))
    original_language = models.CharField(
        _("original language"), max_length=20, blank=True, help_text=_("Where the text is a translation.")
    )
    url = WebAddressField(_("address"), help_text=_("The publisher's own; never that of an unofficial copy."))
    archive_url = WebAddressField(_("archived copy"))
    doi = models.CharField(
        "DOI", max_length=120, blank=True, validators=[RegexValidator(r"^10\.\d{4,9}/\S+$", _("A DOI starts with 10."))]
    )
    arxiv = models.CharField(
        "arXiv",
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\d{4}\.\d{4,5}$", _("For instance 2501.12948."))],
    )
    licence = models.CharField(_("licence"), max_length=120, blank=True)
    derives_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="derivatives", verbose_name=_("derives from")
    )
    summary = models.TextField(_("summary"), blank=True, help_text=_("In our words."))
    rights = models.CharField(_("rights"), max_length=10, choices=Rights, default=Rights.PASSAGES)
    how_verified = models.CharField(_("how verified"), max_length=10, choices=HowVerified, blank=True)
    read_scope = models.CharField(_("what was read"), max_length=10, choices=ReadScope, blank=True)
    known_through = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="makes_known", verbose_name=_("known through")
    )
    snapshot = models.CharField(
        _("version read"), max_length=120, blank=True, help_text=_("A commit and its day, or the name of a file.")
    )
    locator_scheme = models.CharField(
        _("locator scheme"), max_length=200, blank=True, help_text=_("How the locators in this article count.")
    )
    note = models.TextField(_("note"), blank=True, help_text=_("For editors; readers never see it."))
    summarises = models.ManyToManyField(
        Entity,
        blank=True,
        related_name="summary_sources",
        verbose_name=_("source of the summary of"),
        help_text=_("The entities whose summary draws on this article."),
    )
    public_since = models.DateField(_("public since"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"), auto_now=True)

    tags = TaggableManager(through=TaggedItem, blank=True, verbose_name=_("tags"))

    objects = ArticleManager()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(title__gt=""), name="article_title_given"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "in-review", "published", "retracted"]), name="article_status_known"
            ),
            models.CheckConstraint(condition=~Q(known_through=F("id")), name="article_not_known_through_itself"),
            models.CheckConstraint(condition=~Q(derives_from=F("id")), name="article_not_its_own_origin"),
        ]
        indexes = [
            # Serves the list of articles, newest first.
            models.Index(fields=["-published_latest", "-id"], name="article_list"),
            # Serves what is new.
            models.Index(fields=["updated_at", "id"], name="article_changed"),
        ]
        permissions = [("publish_article", _("Can publish and retract articles"))]

    def __str__(self) -> str:
        return self.headline

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the article, and what its day and status mean for the claims that rest on it."""
        is_new = self._state.adding
        with addresses.kept(self):
            super().save(*args, **kwargs)
        if not is_new:
            clock.refresh_citing(self)

    def get_absolute_url(self) -> str:
        """Its page, or its preview while readers have none."""
        is_public = self.status == Status.PUBLISHED
        return reverse("articles:detail" if is_public else "articles:article-preview", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        addresses.validate_slug(self)
        errors: dict[str, Any] = {}
        if self.how_verified == HowVerified.READ and not self.read_scope:
            errors["read_scope"] = _("Say how much of it was read.")
        if self.how_verified == HowVerified.SECONDARY and self.known_through is None:
            errors["known_through"] = _("Say through which article it is known.")
        for field in ("known_through", "derives_from"):
            if self.pk and getattr(self, f"{field}_id") == self.pk:
                errors[field] = _("An article cannot point to itself.")
        if errors:
            raise ValidationError(errors)
        prose.validate_links(self, "summary")

    @property
    def headline(self) -> str:
        """The title as printed; of what this site wrote itself, in the active language."""
        return self.translated_title or self.title if self.kind == self.Kind.NARRATIVE else self.title

    @property
    def headline_language(self) -> str:
        """The language that the headline is in, as a tag for HTML."""
        own = self.kind == self.Kind.NARRATIVE and not wording.is_untranslated(self, "translated_title")
        return (get_language() or "en") if own else self.language

    @property
    def source_name(self) -> str:
        """The publisher as printed, else the name of its entity once that is published; needs `publisher` loaded."""
        if self.publisher_name or self.publisher is None or self.publisher.status != Status.PUBLISHED:
            return self.publisher_name
        return str(self.publisher)


class FormerArticleSlug(FormerSlug):
    record = models.ForeignKey(Article, models.CASCADE, related_name="former_slugs")


class Author(models.Model):
    """One author of an article, in the order printed; `entity` where the author has a page."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="authors")
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    name = models.CharField(_("name as printed"), max_length=200)
    entity = models.ForeignKey(
        Entity, models.PROTECT, null=True, blank=True, related_name="authored", verbose_name=_("entity")
    )

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["article", "name"], name="author_once")]

    def __str__(self) -> str:
        return self.name


class Revision(models.Model):
    """One state of an article's text in one language: normalised plain text that never changes."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="revisions")
    language = models.CharField(_("language"), max_length=20)
    number = models.PositiveIntegerField(_("number"))
    text = models.TextField(_("text"))
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = RevisionManager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["article", "language", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "language", "number"], name="revision_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_number_from_one"),
            models.CheckConstraint(condition=Q(text__gt=""), name="revision_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} {self.language} {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store a new revision.

        Raises:
            ValueError: for one that is stored already, since passages count on its text.
        """
        if self.pk is not None:
            raise ValueError("A revision never changes; add a new one.")
        super().save(*args, **kwargs)

    @property
    def name(self) -> str:
        """What the desk and the files call it: "fr.2"."""
        return f"{self.language}.{self.number}"


class Citation(models.Model):
    """What one article does for one claim, where in it, and, with a revision on file, the exact passage.

    `start` and `end` count code points of the revision's text: `text[start:end] == quote`.
    """

    class Stance(models.TextChoices):
        SUPPORTS = "supports", _("supports")
        DISPUTES = "disputes", _("disputes")
        CONTEXT = "context", _("context")

    class Anchor(models.TextChoices):
        SAME = "same", _("same")
        MOVED = "moved", _("moved")
        REWORDED = "reworded", _("reworded")
        CHANGED = "changed", _("changed in substance")
        ORPHANED = "orphaned", _("orphaned")

    CITED_ALREADY = _("The claim has this citation already; say where else in the article.")

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="citations", verbose_name=_("claim"))
    article = models.ForeignKey(Article, models.PROTECT, related_name="citations", verbose_name=_("article"))
    position = models.PositiveSmallIntegerField(_("position"), default=100)
    stance = models.CharField(_("stance"), max_length=10, choices=Stance, default=Stance.SUPPORTS)
    locator = models.CharField(
        _("locator"), max_length=300, blank=True, help_text=_("Paragraph, section, table or page.")
    )
    makes_claim = models.BooleanField(
        _("makes the claim"),
        default=False,
        help_text=_("The article itself asserts the claim: this is its appearance."),
    )
    revision = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, related_name="citations", verbose_name=_("revision")
    )
    quote = models.TextField(_("quote"), blank=True)
    prefix = models.CharField(_("words before"), max_length=100, blank=True)
    suffix = models.CharField(_("words after"), max_length=100, blank=True)
    start = models.PositiveIntegerField(_("start"), null=True, blank=True)
    end = models.PositiveIntegerField(_("end"), null=True, blank=True)
    anchor = models.CharField(_("state of the passage"), max_length=10, choices=Anchor, blank=True)

    objects = CitationManager()

    class Meta:
        verbose_name = _("citation")
        verbose_name_plural = _("citations")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(stance__in=["supports", "disputes", "context"]), name="citation_stance_known"
            ),
            models.CheckConstraint(
                condition=Q(revision__isnull=True, quote="", start__isnull=True, end__isnull=True, anchor="")
                | Q(revision__isnull=False, quote__gt="", start__lt=F("end"), anchor__gt=""),
                name="citation_passage_whole_or_absent",
            ),
            models.UniqueConstraint(
                fields=["claim", "article", "stance", "locator"],
                condition=Q(revision__isnull=True),
                name="citation_once",
            ),
            models.UniqueConstraint(
                fields=["claim", "revision", "start", "end"],
                condition=Q(revision__isnull=False),
                name="citation_passage_once",
            ),
        ]
        # Serves the passages of one revision, in the order of its text.
        indexes = [
            models.Index(fields=["revision", "start"], name="citation_passages"),
            # Serves the queue of lost passages: few citations among many.
            models.Index(fields=["anchor", "claim"], condition=Q(anchor__gt=""), name="citation_anchors"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stance_display()}: {self.article}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        clock.refresh_known_since([self.claim_id])
        suspension.refresh([self.claim_id])

    def clean(self) -> None:
        """Refuse what the claim has already; costs one query."""
        super().clean()
        same = {"claim": self.claim_id, "article": self.article_id, "stance": self.stance, "locator": self.locator}
        others = Citation.objects.filter(**same, revision=None).exclude(pk=self.pk)
        if self.claim_id and self.article_id and self.revision_id is None and others.exists():
            raise ValidationError({"article": self.CITED_ALREADY})

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        deleted = super().delete(*args, **kwargs)
        clock.refresh_known_since([self.claim_id])
        suspension.refresh([self.claim_id])
        return deleted

    @property
    def text_address(self) -> str:
        """Where readers find the words in their text; empty where they may not. Needs article and revision loaded."""
        if self.revision is None or self.start is None or self.article.rights != Article.Rights.WHOLE:
            return ""
        place = f"{reading.place(self.start)}#mark-{self.pk}"
        language = self.revision.language
        if self.is_lost or language not in dict(settings.LANGUAGES):
            return reverse("articles:text", args=[self.article.slug, language, self.revision.number]) + place
        with override(language):
            return self.article.get_absolute_url() + place

    @property
    def in_paragraph(self) -> tuple[str, str, str]:
        """The words, and the rest of their paragraph before and after them where readers may see it.

        As (before, words, after), set as their language asks; needs `with_words` and the article.
        """
        language = self.revision.language if self.revision else ""
        before, after = self._rest_of_paragraph()
        whole = text.typeset(before + self.quote + after, language)
        return whole[: len(before)], whole[len(before) : len(whole) - len(after)], whole[len(whole) - len(after) :]

    def _rest_of_paragraph(self) -> tuple[str, str]:
        if self.revision is None or self.start is None or self.article.rights != Article.Rights.WHOLE:
            return "", ""
        window: str = self.window  # type: ignore[attr-defined]
        start = min(self.start, WINDOW)
        head = window[:start].rpartition("\n")
        tail = window[start + len(self.quote) :].partition("\n")
        before = head[2] if head[1] or self.start <= WINDOW else f"…{head[2]}"
        return before.removeprefix(text.HEADING), tail[0] if tail[1] or len(tail[0]) < WINDOW else f"{tail[0]}…"

    @property
    def is_lost(self) -> bool:
        """Whether the words have changed in substance or are gone, so that the verdict on them is suspended."""
        return self.anchor in LOST


class ImportedRecord(models.Model):
    """What the story files last said of a record, as a digest: shows whether a person has changed it since."""

    record_type = models.CharField(max_length=20)
    slug = models.CharField(max_length=160)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["record_type", "slug"], name="importedrecord_unique")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.slug}"


class Edition(models.Model):
    """The one row that names the present edition of the public base; triggers write it, see `articles.edition`."""

    name = models.CharField(max_length=40, default="0")
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class Merge(models.Model):
    """One record merged into another, with every row that it touched, so that it can be undone.

    `steps` are in the order done, each a mapping: `model` (label), `pk`, and the columns of the row `before` and
    `after`; None before stands for a row that was made, None after for one that was removed.
    """

    class RecordType(models.TextChoices):
        ENTITY = "entity", _("entity")
        CLAIM = "claim", _("claim")

    record_type = models.CharField(_("type of record"), max_length=10, choices=RecordType)
    kept_id = models.PositiveBigIntegerField(_("id of the record kept"))
    kept_name = models.TextField(_("kept"))
    merged_name = models.TextField(_("merged into it"))
    merged_slug = models.CharField(_("slug of the record merged"), max_length=160)
    reason = models.CharField(_("reason"), max_length=300)
    steps = models.JSONField(default=list)
    merged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="merges", verbose_name=_("by")
    )
    merged_at = models.DateTimeField(_("merged"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="merges_undone",
        verbose_name=_("undone by"),
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        ordering = ["-pk"]
        # Serves the merges into one record.
        indexes = [models.Index(fields=["record_type", "kept_id"], name="merge_into")]

    def __str__(self) -> str:
        return f"{self.merged_name} → {self.kept_name}"


class SearchDocument(models.Model):
    """What search knows of one published record in one language; `articles.search` alone writes and reads it.

    `id` is made from `bucket`, record and language, so that the order of ids is the order of buckets. FTS5 (SQLite) or
    GIN (PostgreSQL) index `tokens`; on SQLite triggers keep that index.
    """

    # Given, never counted; but only so does SQLite keep the rows in its order, where those of one bucket lie together.
    id = models.BigAutoField(primary_key=True)
    record_type = models.CharField(max_length=7)
    record_id = models.BigIntegerField()
    language = models.CharField(max_length=2)
    # Which part of a long list of hits is looked at first; each is about eight times as large as the one before.
    bucket = models.PositiveSmallIntegerField()
    # How well connected the record is: links of an entity, citations of an article or claim.
    weight = models.PositiveIntegerField()
    # The kind of an entity; else "article" or "claim".
    kind = models.CharField(max_length=10)
    address = models.CharField(max_length=250)
    title = models.TextField()
    # Names in every language and script, then aliases, each list with one name a line, parted by an empty line.
    names = models.TextField()
    text = models.TextField()
    note = models.TextField()
    facets = models.TextField()
    tokens = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["record_type", "record_id"], name="searchdocument_of")]

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id} {self.language}"


class SearchName(models.Model):
    """A name or alias of a published entity, folded, whole or from one of its later words on."""

    entity_id = models.BigIntegerField(db_index=True)
    key = models.CharField(max_length=300)
    is_whole = models.BooleanField()
    bucket = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.key


class SearchWord(models.Model):
    """A word of a name, under what is left of it without one or two of its letters: there typing errors lead to it."""

    word = models.CharField(max_length=60)
    rest = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rest", "word"], name="searchword_unique")]

    def __str__(self) -> str:
        return self.word

"""The list of articles as a file."""

from collections.abc import Iterable, Iterator, Sequence

from entities.answers import cell
from entities.tables import moment, slugs

from .models import Article


def of_articles(articles: Iterable[Article], root: str) -> Iterator[Sequence[str]]:
    """Write articles as rows, the names of the columns first; `root` begins each address.

    Dates are EDTF. Needs publisher, authors, tags and `claim_count` loaded.
    """
    yield [
        "slug",
        "kind",
        "title",
        "translated_title",
        "authors",
        "publisher",
        "published",
        "language",
        "source_url",
        "doi",
        "tags",
        "claim_count",
        "updated_at",
        "url",
    ]
    for article in articles:
        yield [
            article.slug,
            article.kind,
            cell(article.title),
            cell(article.translated_title),
            cell("; ".join(author.name for author in article.authors.all())),
            cell(article.source_name),
            article.published,
            article.language,
            article.url,
            cell(article.doi),
            slugs(article),
            str(article.claim_count),  # type: ignore[attr-defined]
            moment(article.updated_at),
            root + article.get_absolute_url(),
        ]

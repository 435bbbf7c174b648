"""The list of articles as a file."""

from collections.abc import Iterable, Iterator, Sequence

from entities.answers import cell
from entities.tables import slugs

from .models import Article


def of_articles(articles: Iterable[Article], root: str) -> Iterator[Sequence[str]]:
    """Write articles as rows, the names of the columns first; `root` begins each address.

    Dates are EDTF. Needs publisher, authors, tags and `claim_count` loaded.
    """
    yield ["title", "address", "kind", "publisher", "authors", "published", "language", "url", "doi", "tags", "claims"]
    for article in articles:
        yield [
            cell(article.headline),
            root + article.get_absolute_url(),
            article.kind,
            cell(article.source_name),
            cell("; ".join(author.name for author in article.authors.all())),
            article.published,
            article.language,
            article.url,
            cell(article.doi),
            slugs(article),
            str(article.claim_count),  # type: ignore[attr-defined]
        ]

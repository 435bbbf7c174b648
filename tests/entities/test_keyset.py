"""Pages that are found by the record next to them."""

from typing import Any

import pytest
from django.core.exceptions import BadRequest

from articles.models import Article
from entities import keyset
from tests import factories

KEYS = ["-published_latest", "slug"]


@pytest.fixture
def articles(db: None) -> list[str]:
    """Seven articles, newest first and two without a date last; some share a day."""
    dates = ["2025-03-01", "2025-02-01", "2025-02-01", "2025-02-01", "2024", "", ""]
    for number, date in enumerate(dates):
        factories.article(f"a{number}", published=date)
    return [f"a{number}" for number in (0, 1, 2, 3, 4, 5, 6)]


def slugs(page: keyset.Page[Article]) -> list[str]:
    return [article.slug for article in page.rows]


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8])
def test_walking_forwards_shows_each_record_once_in_order(articles: list[str], size: int, is_short: bool) -> None:
    seen, after = [], ""
    for _ in range(20):
        page = keyset.page(Article.objects.all(), KEYS, size, after=after, is_short=is_short)
        seen += slugs(page)
        after = page.after
        if not after:
            break
    assert seen == articles


@pytest.mark.parametrize("is_short", [False, True])
@pytest.mark.parametrize("keys", [KEYS, ["published_latest", "slug"]])
@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_walking_backwards_shows_the_same_pages(
    articles: list[str], size: int, keys: list[str], is_short: bool
) -> None:
    in_order = slugs(keyset.page(Article.objects.all(), keys, 9))
    seen: list[str] = []
    before = in_order[-1]
    while before:
        page = keyset.page(Article.objects.all(), keys, size, before=before, is_short=is_short)
        seen = slugs(page) + seen
        before = page.before
    assert seen == in_order[:-1]


def test_a_page_in_the_middle_leads_both_ways(articles: list[str]) -> None:
    page = keyset.page(Article.objects.all(), KEYS, 2, after="a1")
    assert (slugs(page), page.before, page.after) == (["a2", "a3"], "a2", "a3")


def test_the_first_and_last_pages_end_the_list(articles: list[str]) -> None:
    assert keyset.page(Article.objects.all(), KEYS, 3).before == ""
    assert keyset.page(Article.objects.all(), KEYS, 3, after="a3").after == ""


def test_an_unknown_neighbour_is_named(articles: list[str]) -> None:
    with pytest.raises(BadRequest, match="nobody"):
        keyset.page(Article.objects.all(), KEYS, 2, after="nobody")


def test_both_directions_at_once_are_refused(articles: list[str]) -> None:
    with pytest.raises(BadRequest, match="not both"):
        keyset.page(Article.objects.all(), KEYS, 2, after="a1", before="a4")


def test_a_neighbour_outside_the_filter_still_marks_the_place(articles: list[str]) -> None:
    page = keyset.page(Article.objects.exclude(slug="a2"), KEYS, 2, after="a2")
    assert slugs(page) == ["a3", "a4"]


@pytest.mark.parametrize(
    ("neighbour", "queries"), [({"after": "a0"}, 2), ({"after": "a3"}, 3), ({"after": "a5"}, 2), ({"before": "a4"}, 2)]
)
def test_a_page_costs_two_queries_and_one_more_where_dates_end(  # type: ignore[no-untyped-def]
    articles: list[str], django_assert_num_queries, neighbour: dict[str, Any], queries: int
) -> None:
    with django_assert_num_queries(queries):
        keyset.page(Article.objects.all(), KEYS, 2, **neighbour)


@pytest.mark.parametrize("neighbour", [{"after": "a0"}, {"after": "a3"}, {"after": "a5"}, {"before": "a6"}])
def test_a_page_of_a_short_list_costs_two_queries_wherever_it_is(  # type: ignore[no-untyped-def]
    articles: list[str], django_assert_num_queries, neighbour: dict[str, Any]
) -> None:
    with django_assert_num_queries(2):
        page = keyset.page(Article.objects.all(), KEYS, 2, is_short=True, **neighbour)
    assert page == keyset.page(Article.objects.all(), KEYS, 2, **neighbour)


def test_a_list_where_no_key_is_missing_costs_one_query_a_page(articles: list[str], django_assert_num_queries) -> None:  # type: ignore[no-untyped-def]
    with django_assert_num_queries(1):
        page = keyset.page(Article.objects.exclude(published=""), KEYS, 9, first_key_may_lack=False)
    assert slugs(page) == articles[:5]


def test_a_neighbour_without_the_key_stands_behind_a_list_where_none_lacks_it(articles: list[str]) -> None:
    dated = Article.objects.exclude(published="")
    assert keyset.page(dated, KEYS, 2, after="a5", first_key_may_lack=False).rows == []
    assert slugs(keyset.page(dated, KEYS, 2, before="a5", first_key_may_lack=False)) == ["a3", "a4"]

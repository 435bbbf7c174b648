"""Which columns exist in each language, and row history, which must be set up after them."""

from modeltranslation.translator import TranslationOptions, translator

from entities.history import register

from .models import Article, Author, Citation


class ArticleTranslation(TranslationOptions):
    fields = ("translated_title", "summary")


translator.register(Article, ArticleTranslation)

register(Article, lists=["summarises"])
register(Author)
register(Citation)

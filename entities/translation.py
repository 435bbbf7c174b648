"""Which columns exist in each language, and row history, which must be set up after them."""

from modeltranslation.translator import TranslationOptions, translator

from .history import register
from .models import KINDS, Claim, Entity, Property, Tag, TaggedItem, Unit


class EntityTranslation(TranslationOptions):
    fields = ("name", "summary")
    required_languages = ("en",)


class KindTranslation(TranslationOptions):
    """The proxies inherit the columns of their table."""


class TagTranslation(TranslationOptions):
    fields = ("label",)


class UnitTranslation(TranslationOptions):
    fields = ("singular", "plural")


class PropertyTranslation(TranslationOptions):
    fields = ("label", "pattern", "inverse_label", "inverse_pattern", "note")
    required_languages = {"en": ("label", "pattern")}


class ClaimTranslation(TranslationOptions):
    fields = ("statement", "title", "text", "applies_to", "rank_reason", "rationale")


translator.register(Tag, TagTranslation)
translator.register(Entity, EntityTranslation)
translator.register(KINDS.values(), KindTranslation)
translator.register(Unit, UnitTranslation)
translator.register(Property, PropertyTranslation)
translator.register(Claim, ClaimTranslation)

register(Tag)
register(TaggedItem)
register(Unit)
register(Property, lists=["other_units"])
register(Entity, proxies=KINDS.values())
register(Claim, lists=["mentions"])

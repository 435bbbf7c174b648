"""Parts of addresses that stand for something of the story."""

from django.urls import register_converter

from .models import KIND_PATHS


class KindConverter:
    """The word of a kind ("people") in an address, its kind ("person") in Python."""

    regex = "|".join(KIND_PATHS.values())

    def to_python(self, value: str) -> str:
        return next(kind for kind, word in KIND_PATHS.items() if word == value)

    def to_url(self, value: str) -> str:
        return KIND_PATHS[value]


register_converter(KindConverter, "kind")

"""The editors' desk as a browser uses it: read the form of a page, change some of it, send it."""

from html.parser import HTMLParser
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

Form = dict[str, Any]


class FormReader(HTMLParser):
    """Collects what a browser would send for the fields of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.form: Form = {}
        self._select = self._textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value")
        kind = given.get("type") or "text"
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self.form.setdefault(self._select, []).append(value or "")
        elif tag == "textarea":
            self._textarea, self.form[name] = name, ""
        elif tag == "input" and name and kind in ("checkbox", "radio"):
            if "checked" in given:
                self.form.setdefault(name, []).append(value or "on")
        elif tag == "input" and name and kind != "submit":
            self.form[name] = value or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            # A browser drops the line break that Django writes before the text.
            self.form[self._textarea] = (self.form[self._textarea] + data).removeprefix("\n").removeprefix("\r\n")


def address(record: Model | type[Model], page: str, *args: Any) -> str:
    """Give the address of a page of the admin: changelist, add, change, delete, history, simple_history."""
    if isinstance(record, Model):
        args = (record.pk, *args)
    return reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_{page}", args=args)


def read(client: Client, path: str) -> Form:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    reader = FormReader()
    reader.feed(response.content.decode())
    return reader.form


def send(client: Client, path: str, **changes: Any) -> Any:
    """Fill in the form of a page and send it; the answer is a redirect when it was taken."""
    return client.post(path, {**read(client, path), **changes})


def add(client: Client, model: type[Model], **fields: Any) -> Any:
    return send(client, address(model, "add"), **fields)


def change(client: Client, record: Model, **fields: Any) -> Any:
    """Change a record, with a reason, which a published one asks for."""
    fields.setdefault("change_reason", "A correction")
    return send(client, address(record, "change"), **fields)


def step(client: Client, claim: Model, step: str, **fields: Any) -> Any:
    """Press one of the buttons of the review screen of a claim."""
    return send(client, address(claim, "review"), step=step, **fields)


def revise(client: Client, claim: Any, **fields: Any) -> None:
    """Change a published claim: propose it, then publish the proposal."""
    assert errors(change(client, claim, **fields)) == {}
    assert step(client, claim.proposals.get(), "publish", change_reason="A correction").status_code == 302
    claim.refresh_from_db()


def errors(response: Any) -> dict[str, list[str]]:
    """Give the messages beside the fields of a form that was refused; nothing when it was taken."""
    if response.status_code == 302:
        return {}
    assert response.status_code == 200, response.status_code
    return {name: list(messages) for name, messages in response.context["adminform"].form.errors.items()}


def history(of: Model | type[Model]) -> Any:
    """Give the history of a record, or of all records of a model, newest first."""
    rows = of.history.order_by("-history_id")  # type: ignore[union-attr]
    return rows.filter(id=of.pk) if isinstance(of, Model) else rows

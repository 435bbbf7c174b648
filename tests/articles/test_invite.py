"""Inviting people to the editors' desk without mail."""

import re
from typing import Any

import pytest
import pytest_django
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
PASSWORD = "seven quiet herons"


def invite(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Run the command and give the path of the link that it prints."""
    call_command("invite", *arguments)
    found = re.search(r"https?://[^/]+(/\S+)", capsys.readouterr().out)
    assert found
    return found[1]


def choose_password(client: Client, link: str, password: str = PASSWORD) -> int:
    """Follow the link as a browser does and send the form; the status of the answer."""
    form = client.get(link)
    if form.status_code != 302:
        return form.status_code
    return client.post(form["Location"], {"new_password1": password, "new_password2": password}).status_code


@pytest.mark.parametrize(("role", "groups"), [("editor", {"editor"}), ("reviewer", {"editor", "reviewer"})])
def test_an_invited_person_chooses_a_password_and_gets_in(
    client: Client, capsys: pytest.CaptureFixture[str], role: str, groups: set[str]
) -> None:
    assert choose_password(client, invite(capsys, "ada", "--role", role)) == 302
    answer = client.post("/admin/login/?next=/admin/", {"username": "ada", "password": PASSWORD})
    assert answer["Location"] == "/admin/"
    assert set(User.objects.get().groups.values_list("name", flat=True)) == groups


def test_the_link_works_once(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    link = invite(capsys, "ada", "--role", "editor")
    choose_password(client, link)
    assert choose_password(Client(), link) == 200
    page = Client().get(link).content.decode()
    assert "<title>This link is no longer good | The DeepSeek Story</title>" in page
    assert "Whoever sent it can make a new one." in page


def test_the_page_of_the_link_goes_by_the_name_of_the_desk(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    page = client.get(invite(capsys, "ada", "--role", "editor"), follow=True).content.decode()
    assert "<title>Choose a password | The DeepSeek Story</title>" in page
    assert "The DeepSeek Story: editors" in page
    assert "Django" not in page


def test_a_known_person_gets_a_link_for_a_new_password_and_keeps_the_role(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    invite(capsys, "ada", "--role", "reviewer")
    assert choose_password(client, invite(capsys, "ada")) == 302
    assert User.objects.get().groups.filter(name="reviewer").exists()


def test_nobody_gets_in_without_the_link(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    invite(capsys, "ada", "--role", "editor")
    assert not User.objects.get().has_usable_password()


def test_a_weak_password_is_refused_with_the_reason(client: Client, capsys: pytest.CaptureFixture[str]) -> None:
    form = client.get(invite(capsys, "ada", "--role", "editor"))
    answer = client.post(form["Location"], {"new_password1": "12345", "new_password2": "12345"})
    assert "too short" in answer.content.decode()


def test_the_link_names_the_site_that_was_given(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("invite", "ada", "--role", "editor", "--site", "https://story.example/")
    assert "https://story.example/admin/password/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("values", "site"),
    [
        ({"HOST": "127.0.0.1"}, "http://127.0.0.1:8000/"),
        ({"HOST": "::1"}, "http://[::1]:8000/"),
        ({"HOST": "0.0.0.0", "ALLOWED_HOSTS": ["story.example"]}, "http://story.example:8000/"),
        ({"HOST": "0.0.0.0", "ALLOWED_HOSTS": [".story.example"], "HTTPS": True}, "https://story.example/"),
    ],
)
def test_the_link_names_the_site_as_people_reach_it(
    settings: pytest_django.Settings, capsys: pytest.CaptureFixture[str], values: dict[str, Any], site: str
) -> None:
    for name, value in ({"PORT": 8000} | values).items():
        setattr(settings, name, value)
    call_command("invite", "ada", "--role", "editor")
    assert f"\n{site}admin/password/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["ada"], "give a role"),
        (["ada b<c", "--role", "editor"], "The name “ada b<c” cannot be used: Enter a valid username"),
        (["", "--role", "editor"], "The name “” cannot be used: This field cannot be blank."),
        (["ada", "--role", "editor", "--site", "story.example"], "--site must be an address"),
        (["ada", "--role", "editor", "--site", "ftp://story.example"], "--site must be an address"),
        (["ada", "--role", "editor", "--site", "https://"], "--site must be an address"),
        (["ada", "--role", "editor", "--site", "http://["], "--site must be an address"),
    ],
)
def test_a_wrong_call_is_refused_in_one_line(arguments: list[str], reason: str) -> None:
    with pytest.raises(CommandError, match=reason):
        call_command("invite", *arguments)
    assert not User.objects.exists()


def test_somebody_who_left_gets_no_link(capsys: pytest.CaptureFixture[str]) -> None:
    invite(capsys, "ada", "--role", "editor")
    User.objects.update(is_active=False)
    with pytest.raises(CommandError, match="no longer active"):
        call_command("invite", "ada")

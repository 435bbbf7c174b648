"""A new site prints one login, once."""

import pytest
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import RequestFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EDITOR_USERNAME", raising=False)
    monkeypatch.delenv("EDITOR_PASSWORD", raising=False)


def test_the_printed_login_works_and_holds_both_roles(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_first_editor")
    password = capsys.readouterr().out.partition("password ")[2].split()[0]
    editor = authenticate(RequestFactory().post("/admin/login/"), username="editor", password=password)
    assert isinstance(editor, User)
    assert editor.is_superuser
    assert editor.is_staff
    assert set(editor.groups.values_list("name", flat=True)) == {"editor", "reviewer"}


def test_a_second_run_changes_and_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_first_editor")
    before = list(User.objects.values())
    capsys.readouterr()
    call_command("create_first_editor")
    assert capsys.readouterr().out == ""
    assert list(User.objects.values()) == before


def test_a_password_from_the_environment_works_and_is_never_printed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("EDITOR_USERNAME", "ada")
    monkeypatch.setenv("EDITOR_PASSWORD", "correct horse battery")
    call_command("create_first_editor")
    assert User.objects.get(username="ada").check_password("correct horse battery")
    assert "correct horse" not in "".join(capsys.readouterr())


def test_a_name_that_no_account_can_have_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDITOR_USERNAME", "two words")
    with pytest.raises(CommandError, match=r"^EDITOR_USERNAME: Enter a valid username"):
        call_command("create_first_editor")
    assert not User.objects.exists()

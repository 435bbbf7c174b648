"""Documents of search in the order of their ids, and names in an index that answers alone."""

from importlib import import_module

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

search = import_module("articles.migrations.0006_search")


def widen_index(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    collate = ' COLLATE "C"' if schema_editor.connection.vendor == "postgresql" else ""
    schema_editor.execute("DROP INDEX searchname_place")
    schema_editor.execute(
        f"CREATE INDEX searchname_place ON articles_searchname (bucket, key{collate}, entity_id, is_whole)"
    )


def narrow_index(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    schema_editor.execute("DROP INDEX searchname_place")
    statements = search.SQLITE if schema_editor.connection.vendor == "sqlite" else search.POSTGRESQL
    schema_editor.execute(statements[0])


def make_triggers(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Make anew what SQLite drops with the table that Django copied."""
    if schema_editor.connection.vendor == "sqlite":
        for statement in search.SQLITE:
            if "TRIGGER" in statement:
                schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("articles", "0008_edition")]

    operations = [
        migrations.RunPython(widen_index, narrow_index),
        migrations.RunPython(migrations.RunPython.noop, make_triggers),
        migrations.AlterField("searchdocument", "id", models.BigAutoField(primary_key=True, serialize=False)),
        migrations.RunPython(make_triggers, migrations.RunPython.noop),
    ]

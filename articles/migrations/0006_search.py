"""The tables of search, with the index over their tokens that each database has."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# FTS5 reads the tokens from the table of documents; the triggers keep it in step with every insert and delete, those
# of a test's flush included. A migration that makes Django copy that table must make the triggers anew.
SQLITE = [
    "CREATE INDEX searchname_place ON articles_searchname (bucket, key)",
    """CREATE VIRTUAL TABLE articles_searchindex USING fts5(
        tokens, content='articles_searchdocument', content_rowid='id', detail=none, columnsize=0,
        tokenize="ascii tokenchars '.=@:#-_'"
    )""",
    """CREATE TRIGGER searchindex_add AFTER INSERT ON articles_searchdocument BEGIN
        INSERT INTO articles_searchindex (rowid, tokens) VALUES (new.id, new.tokens);
    END""",
    """CREATE TRIGGER searchindex_remove AFTER DELETE ON articles_searchdocument BEGIN
        INSERT INTO articles_searchindex (articles_searchindex, rowid, tokens) VALUES ('delete', old.id, old.tokens);
    END""",
]
# One index a bucket and language: a common word fills a page from the first, small ones.
POSTGRESQL = [
    'CREATE INDEX searchname_place ON articles_searchname (bucket, key COLLATE "C")',
    *(
        f"""CREATE INDEX searchindex_{language}_{bucket} ON articles_searchdocument
            USING gin (array_to_tsvector(string_to_array(tokens, ' '))) WITH (fastupdate = off)
            WHERE language = '{language}' AND bucket = {bucket}"""
        for language in ("en", "fr")
        for bucket in range(4)
    ),
]


def create_index(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in SQLITE if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop_index(apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Drop what does not go with its table."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE articles_searchindex")


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_desk_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchDocument",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("record_type", models.CharField(max_length=7)),
                ("record_id", models.BigIntegerField()),
                ("language", models.CharField(max_length=2)),
                ("bucket", models.PositiveSmallIntegerField()),
                ("weight", models.PositiveIntegerField()),
                ("kind", models.CharField(max_length=10)),
                ("address", models.CharField(max_length=250)),
                ("title", models.TextField()),
                ("names", models.TextField()),
                ("text", models.TextField()),
                ("note", models.TextField()),
                ("facets", models.TextField()),
                ("tokens", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["record_type", "record_id"], name="searchdocument_of")],
            },
        ),
        migrations.CreateModel(
            name="SearchName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("entity_id", models.BigIntegerField(db_index=True)),
                ("key", models.CharField(max_length=300)),
                ("is_whole", models.BooleanField()),
                ("bucket", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=60)),
                ("rest", models.CharField(max_length=60)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=["rest", "word"], name="searchword_unique")],
            },
        ),
        migrations.RunPython(create_index, drop_index),
    ]

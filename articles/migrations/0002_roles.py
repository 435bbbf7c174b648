"""The two roles as groups: editors write, reviewers publish and judge as well."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

KINDS = ["entity", "person", "company", "aimodel", "event", "idea"]
RECORDS = {
    "entities": [*KINDS, "claim", "property", "unit", "tag"],
    "articles": ["article", "author", "citation", "revision"],
}
EDITOR = [
    (app, f"{action}_{model}", f"Can {action} {model}", model)
    for app, models in RECORDS.items()
    for model in models
    for action in ("view", "add", "change")
]
REVIEWER = [
    *EDITOR,
    *((app, f"delete_{model}", f"Can delete {model}", model) for app, models in RECORDS.items() for model in models),
    ("entities", "publish_entity", "Can publish and retract entities", "entity"),
    ("entities", "publish_claim", "Can publish and retract claims", "claim"),
    ("entities", "judge_claim", "Can give a claim its verdict", "claim"),
    ("articles", "publish_article", "Can publish and retract articles", "article"),
]
# An editor may take a wrong citation or author out again; whole records go by a reviewer's hand.
EDITOR = [
    *EDITOR,
    ("articles", "delete_citation", "Can delete citation", "citation"),
    ("articles", "delete_author", "Can delete author", "author"),
]


def make_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Django makes permissions only after all migrations, so those needed here are made now, under the same names."""
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for role, permissions in (("editor", EDITOR), ("reviewer", REVIEWER)):
        group, _ = Group.objects.get_or_create(name=role)
        for app, codename, name, model in permissions:
            content_type, _ = ContentType.objects.get_or_create(app_label=app, model=model)
            permission, _ = Permission.objects.get_or_create(
                content_type=content_type, codename=codename, defaults={"name": name}
            )
            group.permissions.add(permission)


def remove_roles(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=["editor", "reviewer"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]

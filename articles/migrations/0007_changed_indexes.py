from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0006_search"),
        ("entities", "0008_changed_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(fields=["updated_at", "id"], name="article_changed"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0007_desk_indexes"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(fields=["updated_at", "id"], name="claim_changed"),
        ),
        migrations.AddIndex(
            model_name="entity",
            index=models.Index(fields=["updated_at", "id"], name="entity_changed"),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0011_tag_history"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(
                fields=["when_earliest", "id"], condition=models.Q(("statement_en__gt", "")), name="claim_written"
            ),
        ),
    ]

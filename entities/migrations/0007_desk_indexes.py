from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0006_former_slugs"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="claim",
            index=models.Index(condition=models.Q(("status", "in-review")), fields=["id"], name="claim_in_review"),
        ),
        migrations.AddIndex(
            model_name="historicalclaim",
            index=models.Index(
                condition=models.Q(("history_type", "~")), fields=["id"], name="historicalclaim_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalclaim",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalclaim_gone"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalentity",
            index=models.Index(
                condition=models.Q(("history_type", "~")), fields=["id"], name="historicalentity_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalentity",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalentity_gone"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalproperty",
            index=models.Index(
                condition=models.Q(("history_type", "~")), fields=["id"], name="historicalproperty_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalproperty",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalproperty_gone"
            ),
        ),
        migrations.AddIndex(
            model_name="historicaltag",
            index=models.Index(condition=models.Q(("history_type", "~")), fields=["id"], name="historicaltag_changed"),
        ),
        migrations.AddIndex(
            model_name="historicaltag",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicaltag_gone"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalunit",
            index=models.Index(condition=models.Q(("history_type", "~")), fields=["id"], name="historicalunit_changed"),
        ),
        migrations.AddIndex(
            model_name="historicalunit",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalunit_gone"
            ),
        ),
    ]

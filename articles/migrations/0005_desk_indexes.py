from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0004_merges"),
        ("entities", "0007_desk_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="citation",
            index=models.Index(
                condition=models.Q(("anchor__gt", "")), fields=["anchor", "claim"], name="citation_anchors"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalarticle",
            index=models.Index(
                condition=models.Q(("history_type", "~")), fields=["id"], name="historicalarticle_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalarticle",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalarticle_gone"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalauthor",
            index=models.Index(
                condition=models.Q(("history_type", "~")), fields=["id"], name="historicalauthor_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalauthor",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalauthor_gone"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalcitation",
            index=models.Index(
                condition=models.Q(("history_type", "~")), fields=["id"], name="historicalcitation_changed"
            ),
        ),
        migrations.AddIndex(
            model_name="historicalcitation",
            index=models.Index(
                condition=models.Q(("history_type", "-")), fields=["history_date"], name="historicalcitation_gone"
            ),
        ),
    ]

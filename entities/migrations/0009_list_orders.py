from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0008_changed_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name=name,
            name="claim_count",
            field=models.PositiveIntegerField(
                default=0,
                editable=False,
                help_text="Published ones, up to a bound at either end; kept by articles.clock.",
                verbose_name="number of claims",
            ),
        )
        for name in ("entity", "historicalentity")
    ] + [
        migrations.AddIndex(
            model_name="entity",
            index=models.Index(fields=["kind", "known_since", "id"], name="entity_newest"),
        ),
        migrations.AddIndex(
            model_name="entity",
            index=models.Index(fields=["kind", "claim_count", "id"], name="entity_connected"),
        ),
    ]

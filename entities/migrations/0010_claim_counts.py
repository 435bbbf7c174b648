"""Count the claims of the entities that are there; from now on articles.clock does, with the same bound."""

from django.db import migrations

ENDS = " + ".join(
    f"(SELECT COUNT(*) FROM (SELECT 1 FROM entities_claim AS claim WHERE claim.{end}_id = entities_entity.id "
    "AND claim.status = 'published' AND claim.replaces_id IS NULL LIMIT 1000) AS claims)"
    for end in ("subject", "object")
)


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0009_list_orders"),
    ]

    operations = [
        migrations.RunSQL(f"UPDATE entities_entity SET claim_count = {ENDS}", migrations.RunSQL.noop),
    ]

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guidance", "0004_more_kinds_of_items"),
        ("logbook", "0005_saved_snapshots"),
    ]

    operations = [
        migrations.AddField(
            model_name="shareditem",
            name="evidence",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="shared_items",
                to="logbook.evidence",
            ),
        ),
        migrations.AddField(
            model_name="shareditem",
            name="file",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text=(
                    "Which file in the store was shared; never another one, whatever comes after"
                ),
                max_length=255,
            ),
        ),
        migrations.AddConstraint(
            model_name="shareditem",
            constraint=models.UniqueConstraint(
                condition=models.Q(("evidence__isnull", False)),
                fields=("question", "evidence"),
                name="evidence_shared_once",
            ),
        ),
    ]

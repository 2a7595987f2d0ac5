from typing import Any

from django.db import migrations, models


def may_all_be_there(apps: Any, _schema: Any) -> None:
    """Take what was ever tried as something that may be there: how each try ended is not known."""
    statements = apps.get_model("records", "Statement").objects
    statements.filter(attempts__gt=0).update(may_be_there=True)
    statements.filter(failed_at__isnull=False).update(may_be_there=True)
    statements.filter(delivered_at__isnull=False).update(may_be_there=True)


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_learning_records"),
    ]

    operations = [
        migrations.AddField(
            model_name="statement",
            name="may_be_there",
            field=models.BooleanField(
                default=False, help_text="A try ended without a sure no: an answer can get lost"
            ),
        ),
        migrations.RunPython(may_all_be_there, migrations.RunPython.noop, elidable=True),
    ]

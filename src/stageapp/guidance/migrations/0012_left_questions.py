from typing import Any

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Subquery


def close_what_was_left(apps: Any, _schema: Any) -> None:
    """Note of each question to who guides no longer when they stopped."""
    question = apps.get_model("guidance", "GuidanceQuestion")
    links = apps.get_model("placements", "PlacementTeacher").objects.filter(
        placement=OuterRef("placement"), teacher=OuterRef("teacher")
    )
    last = links.filter(ended_at__isnull=False).order_by("-ended_at").values("ended_at")[:1]
    question.objects.filter(
        ~Exists(links.filter(ended_at=None)), teacher__isnull=False, shared_at__isnull=False
    ).update(left_at=Subquery(last))


class Migration(migrations.Migration):
    dependencies = [
        ("guidance", "0011_talks_and_reports"),
    ]

    operations = [
        migrations.AddField(
            model_name="guidancequestion",
            name="left_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the teacher asked guided no longer: guiding again opens nothing by "
                "itself",
                null=True,
            ),
        ),
        migrations.RunPython(close_what_was_left, migrations.RunPython.noop, elidable=True),
    ]

"""Tables that belong to no feature."""

from django.db import models


class Use(models.Model):
    """How often what costs was asked for in the time that runs; see `core/counting.py`."""

    key = models.CharField(primary_key=True, max_length=64, help_text="A hash of what and by whom")
    times = models.PositiveBigIntegerField()
    until = models.BigIntegerField(help_text="Seconds since 1970: then counting begins anew")

    class Meta:
        indexes = (models.Index(fields=("until",), name="uses_that_are_over"),)

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.times}"

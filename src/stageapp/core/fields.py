"""Text columns with one limit that the form, the API and the database all keep.

The limits are the design's: running texts 10,000 characters, names 200, in every alphabet.
"""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 200
TEXT_LENGTH = 10_000


#: Days beyond these were never meant, and not every program can calculate with them.
FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2199, 12, 31)


def plausible_day(day: date) -> None:
    """Raise ValidationError for a day that nobody means."""
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValidationError(_("Choose a day between 1990 and 2199."), code="implausible")


def plausible_moment(moment: datetime) -> None:
    """Raise ValidationError for a moment on a day that nobody means."""
    plausible_day(moment.date())


class RunningTextInput(forms.CharField):
    """A text area whose line ends count once, whatever the browser sends."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Leave out `maxlength`: browsers count UTF-16 units and silently cut what is pasted."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs | {"data-limit": str(self.max_length)} if self.max_length else attrs


class LengthCheckMixin(models.Field[str, str]):
    """Adds the limit to the column itself: SQLite ignores the length of a varchar."""

    def db_check(self, connection: BaseDatabaseWrapper) -> str | None:  # noqa: ARG002
        return f'length("{self.column}") <= {self.max_length}'


class NameField(LengthCheckMixin, models.CharField[str, str]):
    """A name or title on one line."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", NAME_LENGTH)
        super().__init__(*args, **kwargs)


class RunningTextField(LengthCheckMixin, models.TextField[str, str]):
    """A running text; blank unless told otherwise."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", TEXT_LENGTH)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(
            **{"form_class": RunningTextInput, "max_length": self.max_length, **kwargs}
        )

"""Shows a kept chart on pages of other features."""

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from stageapp.core.bilingual import in_reader_language

register = template.Library()


@register.simple_tag
def shared_chart(snapshot: dict[str, Any]) -> SafeString:
    """Show what a kept chart is called and says, in the reader's language."""
    title, sentence = (
        in_reader_language(snapshot.get(f"{name}_nl", ""), snapshot.get(f"{name}_en", ""))
        for name in ("title", "sentence")
    )
    return format_html("<p><strong>{}</strong></p><p>{}</p>", title, sentence)

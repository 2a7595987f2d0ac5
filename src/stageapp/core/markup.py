"""Simple formatting of what people write to each other: no HTML of theirs, no surprises.

`**bold**`, `*italic*`, `__underlined__`, lists with `-` or `1.`, line ends as typed; addresses
become links. Anything else stays as it was typed.
"""

from collections.abc import Sequence
from functools import cache

from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

RULES = ("emphasis", "escape", "list", "newline")
UNDERLINE = "__"


def formatted(text: str) -> SafeString:
    """Return a text as HTML that is safe to show: paragraphs, lists, emphasis and links.

    Everything the writer typed is escaped; only tags of our own come in.
    """
    html = _parser().render(text)
    # Nothing above makes a link, so that every address still stands as it was typed.
    linked = urlize(html, nofollow=True, autoescape=False)
    return mark_safe(linked)  # noqa: S308 -- markdown-it escapes all that was typed: html is off


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True}).enable(list(RULES))
    for name in ("strong_open", "strong_close"):
        parser.add_render_rule(name, _strong_or_underlined)
    return parser


def _strong_or_underlined(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: EnvType,
) -> str:
    token = tokens[index]
    if token.markup == UNDERLINE:
        token.tag = "u"
    return renderer.renderToken(tokens, index, options, env)

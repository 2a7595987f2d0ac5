"""Simple formatting of what people write to each other: no HTML of theirs, no surprises.

`**bold**`, `*italic*`, `__underlined__`, lists with `-` or `1.`, quotations with `> `, line ends
as typed; addresses become links. Anything else stays as it was typed.
"""

import re
from collections.abc import Sequence
from functools import cache

from django.utils.html import urlize
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from stageapp.speech.quotes import is_quoted

RULES = ("blockquote", "emphasis", "escape", "list", "newline")
UNDERLINE = "__"
#: The marks before a quoted line; a quotation of a quotation is deep enough.
_MARKS = re.compile(r"( {0,3})(>[ >]*)")
MOST_QUOTED = 2


def formatted(text: str) -> SafeString:
    """Return a text as HTML that is safe to show: paragraphs, lists, quotations, emphasis, links.

    Everything the writer typed is escaped; only tags of our own come in.
    """
    html = _parser().render(_with_quotations(text))
    # Nothing above makes a link, so that every address still stands as it was typed.
    linked = urlize(html, nofollow=True, autoescape=False)
    return mark_safe(linked)  # noqa: S308 -- markdown-it escapes all that was typed: html is off


def _with_quotations(text: str) -> str:
    """Let only lines quote that were meant to, and what stands below them be the writer's again.

    To Markdown any `>` begins a quotation, and the next line belongs to it; people who write below
    what they quote leave no empty line. Nor does depth have a bound there.
    """
    lines: list[str] = []
    was_quoted = False
    for line in text.split("\n"):
        quotes = is_quoted(line)
        if was_quoted and not quotes:
            lines.append("")
        lines.append(_quotation(line) if quotes else _plain(line))
        was_quoted = quotes
    return "\n".join(lines)


def _quotation(line: str) -> str:
    marks = _MARKS.match(line)
    assert marks
    depth = min(marks[2].count(">"), MOST_QUOTED)
    return f"{'> ' * depth}{_plain(line[marks.end() :])}"


def _plain(line: str) -> str:
    """Escape a `>` that quotes nothing, such as in `>5`."""
    body = line.lstrip(" ")
    return line[: len(line) - len(body)] + "\\" + body if body.startswith(">") else line


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

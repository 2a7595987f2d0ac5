"""The guide as it stands in `texts/`: read and rendered once, a language at a time.

`contents.toml` says which articles there are, for whom, in which order, and what they rest on;
`sources.toml` names the sources; a file for each article and language has the words.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from stageapp.guide.rules import plain, words_of

TEXTS = Path(__file__).resolve().parent / "texts"
#: Between the marks stand title and summary (TOML), below them the text (Markdown).
ARTICLE = re.compile(r"\+\+\+\n(?P<head>.*?)\n\+\+\+\n(?P<body>.*)", re.DOTALL)
#: Articles name each other by file, so that editors and GitHub follow the link too.
FILE = re.compile(r"([a-z-]+)\.md")

# The texts are our own, and still no HTML of theirs gets through.
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, eq=False)
class Article:
    """One text of the guide in one language."""

    slug: str
    title: str
    summary: str
    #: What somebody may search by who does not use our words.
    words: tuple[str, ...]
    html: str
    #: The same without marks: a paragraph, a heading, a cell each.
    blocks: tuple[str, ...]
    sources: tuple[str, ...]
    related: tuple[str, ...]
    #: The route of the page that it is about, and what leads there; both may be empty.
    page: str
    page_label: str

    @cached_property
    def searched(self) -> tuple[tuple[float, str], ...]:
        """What it is found by, plain, with how much each counts."""
        return (
            (8, plain(self.title)),
            (6, plain(" ".join(self.words))),
            (3, plain(self.summary)),
            (1, plain("\n".join(self.blocks))),
        )


@dataclass(frozen=True)
class Section:
    """Articles for one kind of reader; `role` is empty where they are for everybody."""

    key: str
    role: str
    title: str
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class Guide:
    """All of it, in one language."""

    sections: tuple[Section, ...]

    @cached_property
    def articles(self) -> dict[str, Article]:
        return {one.slug: one for section in self.sections for one in section.articles}

    @cached_property
    def section_of(self) -> dict[str, Section]:
        return {one.slug: section for section in self.sections for one in section.articles}

    @cached_property
    def vocabulary(self) -> set[str]:
        """Every word, to guess what somebody meant who made a slip."""
        texts = (text for one in self.articles.values() for _, text in one.searched)
        return {word for text in texts for word in words_of(text)}


@cache
def guide_in(language: str) -> Guide:
    """Return the guide in Dutch or English."""
    known = read_toml("sources.toml")["sources"]
    return Guide(
        tuple(
            Section(
                entry["key"],
                entry["role"],
                entry[f"title_{language}"],
                tuple(_article(language, row, known) for row in entry["articles"]),
            )
            for entry in read_toml("contents.toml")["sections"]
        )
    )


def read_toml(name: str) -> dict[str, Any]:
    """Return what stands in one of the two lists."""
    return tomllib.loads((TEXTS / name).read_text(encoding="utf-8"))


def _article(language: str, row: dict[str, Any], known: dict[str, str]) -> Article:
    slug = row["slug"]
    match = ARTICLE.fullmatch((TEXTS / language / f"{slug}.md").read_text(encoding="utf-8"))
    assert match, f"{language}/{slug}.md has no head between two lines +++"
    head = tomllib.loads(match["head"])
    tokens = _markdown.parse(match["body"])
    _lead_links_to_pages(tokens)
    return Article(
        slug=slug,
        title=head["title"],
        summary=head["summary"],
        words=tuple(head["words"]),
        html=_rendered(tokens, title=head["title"]),
        blocks=tuple(_texts(tokens)),
        sources=tuple(known[key] for key in row.get("sources", ())),
        related=tuple(row["related"]),
        page=row.get("page", ""),
        page_label=head.get("page", ""),
    )


def _lead_links_to_pages(tokens: list[Token]) -> None:
    """`ask-a-question.md` is the neighbour `../ask-a-question/` of the page that names it."""
    for token in _inner(tokens):
        file = FILE.fullmatch(str(token.attrGet("href") or ""))
        if file:
            token.attrSet("href", f"../{file[1]}/")


def _rendered(tokens: list[Token], *, title: str) -> str:
    html = str(_markdown.renderer.render(tokens, _markdown.options, {}))
    # A wide table scrolls by itself, by keyboard too; it is called after its article.
    frame = f'<div class="table-scroll" tabindex="0" role="region" aria-label="{title}">\n<table>'
    return html.replace("<table>", frame).replace("</table>", "</table>\n</div>")


def _texts(tokens: list[Token]) -> Iterator[str]:
    """Give the text of each block, without marks."""
    for token in tokens:
        children = token.children or []
        parts = (" " if one.type == "softbreak" else one.content for one in children)
        text = "".join(parts)
        if text:
            yield text


def _inner(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from token.children or []

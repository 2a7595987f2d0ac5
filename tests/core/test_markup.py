"""Simple formatting of messages: what was meant, and nothing else."""

from html import unescape
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stageapp.core.markup import formatted


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**vet**", "<p><strong>vet</strong></p>"),
        ("*cursief*", "<p><em>cursief</em></p>"),
        ("__onder__", "<p><u>onder</u></p>"),
        ("een\ntwee", "<p>een<br>\ntwee</p>"),
        ("een\n\ntwee", "<p>een</p>\n<p>twee</p>"),
        ("- een\n- twee", "<ul>\n<li>een</li>\n<li>twee</li>\n</ul>"),
        ("1. een\n2. twee", "<ol>\n<li>een</li>\n<li>twee</li>\n</ol>"),
        ("2 * 3 en snake_case", "<p>2 * 3 en snake_case</p>"),
        ("\\*geen\\*", "<p>*geen*</p>"),
        ("# geen kop", "<p># geen kop</p>"),
        ("[x](https://kwaad.example)", "<p>[x](https://kwaad.example)</p>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        (
            "Zie https://a.example/?b=1&c=2.",
            '<p>Zie <a href="https://a.example/?b=1&amp;c=2" rel="nofollow">https://a.example/?b=1&amp;c=2</a>.</p>',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        (
            "> Mag het?\nJa hoor.",
            "<blockquote>\n<p>Mag het?</p>\n</blockquote>\n<p>Ja hoor.</p>",
        ),
        (
            "> een\n>\n> **twee**",
            "<blockquote>\n<p>een</p>\n<p><strong>twee</strong></p>\n</blockquote>",
        ),
        (
            "> > > diep",
            "<blockquote>\n<blockquote>\n<p>diep</p>\n</blockquote>\n</blockquote>",
        ),
        (">5 uur is te lang", "<p>&gt;5 uur is te lang</p>"),
        ("6 > 5", "<p>6 &gt; 5</p>"),
        ("> <b>x</b>", "<blockquote>\n<p>&lt;b&gt;x&lt;/b&gt;</p>\n</blockquote>"),
    ],
)
def test_text_becomes_what_was_meant(text: str, html: str) -> None:
    assert formatted(text).strip() == html


class Tags(HTMLParser):
    """Which tags and attributes there are, and the text between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = st.sampled_from(
    ["**", "*", "__", "_", "- ", "1. ", "\n", "\n\n", "<script>", "</p>", "&lt;", '"', "'", " ",
     "http://a.example", "javascript:alert(1)", "x@a.example", "[a](b)", "\\", "`", "> ", "woord"]
)  # fmt: skip


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_nothing_but_our_own_tags_comes_in(text: str) -> None:
    found = Tags()

    found.feed(formatted(text))

    assert found.tags <= {"p", "br", "strong", "em", "u", "ul", "ol", "li", "a", "blockquote"}
    for name, value in found.attributes:
        assert name in ("href", "rel", "start")
        if name == "href":
            assert (value or "").startswith(("http://", "https://", "mailto:"))


@given(st.text(alphabet="abc dé.,?!😀", min_size=1))
def test_plain_words_stay_as_they_are(text: str) -> None:
    found = Tags()

    found.feed(formatted(text))

    assert unescape(found.text).split() == text.split()


@pytest.mark.parametrize(
    "piece", ["*a", "**", "_a_ ", "- ", "1. ", "> ", "> a\n", "[", "\\", "<", "http://a."]
)
def test_longest_text_is_quick(piece: str) -> None:
    begun = process_time()

    formatted((piece * 10_000)[:10_000])

    assert process_time() - begun < 2

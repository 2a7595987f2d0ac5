"""The articles: all there in both languages, and what they name exists."""

import re
from pathlib import Path

import pytest
from django.urls import reverse

from stageapp.guide.catalogue import TEXTS, Article, guide_in, read_toml

LANGUAGES = ("nl", "en")
LISTED = [row for section in read_toml("contents.toml")["sections"] for row in section["articles"]]
SLUGS = [row["slug"] for row in LISTED]
BOTH = pytest.mark.parametrize("language", LANGUAGES)
EACH = pytest.mark.parametrize(
    "article",
    [
        pytest.param(one, id=f"{language}-{one.slug}")
        for language in LANGUAGES
        for one in guide_in(language).articles.values()
    ],
)


def headings(article: Article) -> list[str]:
    return re.findall(r"<h(\d)>", article.html)


@BOTH
def test_every_article_stands_in_each_language_and_in_the_list_once(language: str) -> None:
    files = [path.stem for path in (TEXTS / language).glob("*.md")]

    assert sorted(files) == sorted(SLUGS)
    assert len(SLUGS) == len(set(SLUGS))


def test_both_languages_have_the_same_parts() -> None:
    dutch, english = (guide_in(language).articles for language in LANGUAGES)

    for slug in SLUGS:
        assert headings(dutch[slug]) == headings(english[slug]), slug
        assert bool(dutch[slug].page_label) == bool(english[slug].page_label), slug


@EACH
def test_article_is_short_and_has_headings_in_order(article: Article) -> None:
    words = " ".join(article.blocks).split()

    assert 150 <= len(words) <= 500
    assert set(headings(article)) == {"2"}
    assert len(article.title) <= 60
    assert len(article.summary) <= 130


@EACH
def test_article_has_typographic_quotes_only(article: Article) -> None:
    shown = [article.title, article.summary, *article.blocks]

    assert [text for text in shown if '"' in text or "'" in text] == []


@EACH
def test_links_of_an_article_lead_to_others(article: Article) -> None:
    links = re.findall(r'href="([^"]*)"', article.html)

    named = [re.sub(r"^\.\./([a-z-]+)/$", r"\1", link) for link in links]

    assert set(named) <= set(SLUGS) - {article.slug}
    assert set(article.related) <= set(SLUGS) - {article.slug}
    assert len(article.related) >= 2


@EACH
def test_page_of_an_article_exists_and_has_words_to_go_there(article: Article) -> None:
    assert bool(article.page) == bool(article.page_label)
    if article.page:
        assert reverse(article.page)


def test_sources_that_articles_name_are_those_that_are_listed() -> None:
    named = {key for row in LISTED for key in row.get("sources", ())}

    assert named == set(read_toml("sources.toml")["sources"])


@pytest.mark.parametrize("section", ["learn", "guide"])
def test_advice_names_its_sources(section: str) -> None:
    (found,) = (one for one in guide_in("nl").sections if one.key == section)

    assert [one.slug for one in found.articles if not one.sources] == []


def test_researchers_whom_a_text_names_stand_among_its_sources() -> None:
    for language in LANGUAGES:
        guide = guide_in(language)
        cited = {
            re.split("[ ,]", row)[0] for row in read_toml("sources.toml")["sources"].values()
        } - {"Hogeschool", "Van", "W3C", "Short"}
        for article in guide.articles.values():
            text, sources = " ".join(article.blocks), " ".join(article.sources)
            missing = [name for name in cited if f" {name} " in text and name not in sources]
            # The model carries the name of who made it.
            assert set(missing) <= {"Korthagen"}, article.slug


def test_articles_that_pages_lead_to_exist() -> None:
    package = Path(TEXTS).parents[1]
    pages = "\n".join(path.read_text(encoding="utf-8") for path in package.rglob("*.html"))
    named = re.findall(r'\{% guide_link "([^"]+)" %\}', pages)

    assert set(named) <= set(SLUGS)
    assert len(named) == len(re.findall(r"\{% guide_link", pages))
    assert len(named) >= 20

"""Icons are drawn from an archive: a name that is not in it would break its page."""

import re
from pathlib import Path

import stageapp
from stageapp.core.templatetags.stageapp import icon

USE = re.compile(r'\{% icon "([a-z0-9-]+)"')
TEMPLATES = list(Path(stageapp.__file__).parent.rglob("templates/**/*.html"))


def test_every_icon_that_a_template_draws_exists() -> None:
    names = {name for file in TEMPLATES for name in USE.findall(file.read_text("utf-8"))}

    assert len(names) > 20
    for name in names:
        assert icon(name).startswith("<svg"), name

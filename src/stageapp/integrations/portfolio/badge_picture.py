"""The picture of a badge: drawn here, with the signed credential in it (section 5.3)."""

from django.utils.html import escape

from stageapp.integrations.portfolio.models import Badge

#: Signs on a line of the title, and lines.
MOST_ON_LINE = 19
MOST_LINES = 4
LINE = 34
MIDDLE = 236


def picture_of(badge: Badge, *, own_statement: str, made_on: str) -> str:
    """Return a badge as SVG, baked: who knows badges finds the credential in it.

    `own_statement` says below the title what it is, `made_on` when it was made.
    """
    lines = wrapped(badge.title)
    top = MIDDLE - (len(lines) - 1) * LINE / 2
    name = badge.credential["issuer"]["name"]
    words = {
        "token": badge.token,
        "title": escape(badge.title),
        "about": escape(f"{name} · {own_statement} · {made_on}"),
        "lines": "".join(
            f'<text x="256" y="{top + at * LINE:g}">{escape(line)}</text>'
            for at, line in enumerate(lines)
        ),
        "name": escape(_cut(name, MOST_ON_LINE + 11)),
        "own_statement": escape(own_statement),
        "made_on": escape(made_on),
    }
    return _PICTURE.format(**words)


def wrapped(text: str) -> list[str]:
    """Return a title in a few short lines; what does not fit is cut."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > MOST_ON_LINE:
            lines.append("")
        lines[-1] = f"{lines[-1]} {_cut(word, MOST_ON_LINE)}".strip()
    if len(lines) > MOST_LINES:
        lines = [*lines[: MOST_LINES - 1], _cut(f"{lines[MOST_LINES - 1]} …", MOST_ON_LINE + 1)]
    return lines


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


_PICTURE = """<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" \
viewBox="0 0 512 512" width="512" height="512" role="img" aria-labelledby="t d">
<openbadges:credential verify="{token}"></openbadges:credential>
<title id="t">{title}</title>
<desc id="d">{about}</desc>
<path d="M256 14 461 132v248L256 498 51 380V132Z" fill="#0b5c66" stroke="#0b5c66" \
stroke-width="24" stroke-linejoin="round"/>
<path d="M256 40 438 145v222L256 472 74 367V145Z" fill="#f7f4ec" stroke="#f2b84b" \
stroke-width="5" stroke-linejoin="round"/>
<path d="M256 84v0m-34 34 22 22 46-48" fill="none" stroke="#0b5c66" stroke-width="13" \
stroke-linecap="round" stroke-linejoin="round"/>
<g font-family="system-ui, 'Segoe UI', Roboto, Arial, sans-serif" text-anchor="middle">
<g font-size="29" font-weight="700" fill="#17323a">{lines}</g>
<text x="256" y="340" font-size="19" fill="#17323a">{name}</text>
<text x="256" y="372" font-size="15" fill="#4a5a60">{own_statement}</text>
<text x="256" y="396" font-size="15" fill="#4a5a60">{made_on}</text>
</g>
</svg>
"""

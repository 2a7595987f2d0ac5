"""Words reduced to what they are about, so that "bellen" and "gebeld" are found to be the same.

Rough on purpose, for Dutch and English alike: it only has to say that a text *perhaps* takes up
what another one asked.
"""

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_ENDINGS = (
    "ingen", "tjes", "ing", "ies", "tje", "den", "ten", "te", "de", "en", "ed", "es",
    "e", "t", "s", "d",
)  # fmt: skip
_LEAST, _MOST = 3, 7
#: Words that every question has, whatever it is about.
_COMMON = frozenset(
    """
    a aan aanpakken al alle alleen allemaal als altijd an and any are as ask at be been best beste
    beter bij bit but by can could daar daarom daarna dan dank dat de deze did die dit do does doe
    doen doet dus echt een eens eerst eigenlijk en er ergens even ervan ga gaan gaat gebruik geen
    geef geven ging goed graag had hallo have heb hebben heeft hem het hier hij hoe hoi hoor how
    i if ik in is it iets ja je jij jou jouw jullie just kan kon kun kunnen kunt know komen laat
    laten let like liever look maar made maken make man mag me mean meer met mij mijn misschien
    moet moeten mogen pak pakken my naar need niet no nog not now nu of often on one ons onze ook op or our
    over please raad raden really samen say see she should so some that the their them then there
    they thing things think this to toch toe tot tips tip u uit under uw vaak van vanaf veel vind
    vinden voor vraag waar waarom want wat we weet weinig wel well welke what when where which who
    wie wij why wil will willen with word worden wordt would you your zal ze zeggen zeker zelf zich
    zie zien zij zijn zo zou zoiets zouden advies advise adviseren denk denken denkt lukt helpen
    help help's idee idea ideas ideeën mening zodat omdat because about after again also before
    dear hello hi kind regards groet groeten thanks thank bedankt feel find get give go going got
    keep me might more most much must next take tell try try's want way dag morgen vandaag
    """.split()
)


def stems(text: str) -> set[str]:
    """Return what a text is about: the stems of its words, without those that say little."""
    words = (match[0].lower().replace("’", "'") for match in _WORD.finditer(text))
    return {stem(word) for word in words if word not in _COMMON and len(word) > 1}


def stem(word: str) -> str:
    """Return a word without accents, ending and prefix: "gemaakt", "maken" and "maakt" are one."""
    plain = unicodedata.normalize("NFKD", word.lower())
    plain = "".join(sign for sign in plain if sign.isalnum())
    if plain.startswith("ge") and plain.endswith(("d", "t", "en")) and len(plain) > _LEAST + 2:
        plain = plain[2:]
    return _evened(_without_ending(plain))[:_MOST]


def _without_ending(word: str) -> str:
    for _round in range(2):
        ending = next((one for one in _ENDINGS if word.endswith(one)), "")
        if not ending or len(word) - len(ending) < _LEAST:
            break
        word = word[: -len(ending)]
    return word


def _evened(word: str) -> str:
    """Write doubled letters once, and the soft sounds at the end as the hard ones."""
    once = re.sub(r"(.)\1+", r"\1", word)
    return once[:-1] + {"v": "f", "z": "s"}.get(once[-1:], once[-1:])

"""The five speech acts that a sentence can be.

Source: J. R. Searle, "A classification of illocutionary acts", Language in Society 5 (1976), as
used for reading a student's message by A. Ribbers and A. Waringa, "E-coaching" (2012).
"""

from enum import StrEnum


class Act(StrEnum):
    """What a sentence does; the values are the names that the method has in Dutch."""

    #: Describes, explains, concludes, compliments, criticises, supposes.
    ASSERTIVE = "assertief"
    #: Wants something of the reader: a question, request, warning, advice.
    DIRECTIVE = "directief"
    #: Gives a feeling: thanks, congratulations, a greeting, an apology, a worry.
    EXPRESSIVE = "expressief"
    #: Commits the writer: a promise, plan, agreement, guarantee, threat.
    COMMISSIVE = "commissief"
    #: Says that something is different from now on: "I stop", "I do this differently now".
    DECLARATION = "declaratief"


ACTS = tuple(Act)

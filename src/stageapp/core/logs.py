"""What goes to the log, and what never does."""

import logging
import re

#: Addresses that are secrets themselves.
_SECRET_ADDRESS = re.compile(
    r"(/calendar/feed/|/g/|/welcome/|/files/|(?<!\d)/merge/|/done/|/lti/go-on/|/lti/register/)[^/\s]+"
)


class OneLine(logging.Filter):
    """Leaves out where in the code it was: of what anybody can cause from outside."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = record.exc_text = None
        return True


class HideSecrets(logging.Filter):
    """Takes the secret out of addresses before they are written."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = _SECRET_ADDRESS.sub(r"\1…", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True

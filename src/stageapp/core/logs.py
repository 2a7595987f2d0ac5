"""What goes to the log, and what never does."""

import logging
import re

#: Addresses that are secrets themselves.
_SECRET_ADDRESS = re.compile(r"(/calendar/feed/|/g/|/welcome/|/files/|(?<!\d)/merge/)[^/\s]+")


class HideSecrets(logging.Filter):
    """Takes the secret out of addresses before they are written."""

    def filter(self, record: logging.LogRecord) -> bool:
        text = record.getMessage()
        hidden = _SECRET_ADDRESS.sub(r"\1…", text)
        if hidden != text:
            record.msg, record.args = hidden, ()
        return True

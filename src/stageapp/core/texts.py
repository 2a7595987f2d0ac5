"""Texts that come from other systems. JSON can hold what no database keeps."""


def is_writable(text: str) -> bool:
    """Return whether a database can keep a text: no NUL, and no halves of characters."""
    return all(map(_is_writable, text))


def writable(text: str) -> str:
    """Return a text without the signs that no database keeps."""
    return "".join(filter(_is_writable, text))


def _is_writable(sign: str) -> bool:
    return sign != "\0" and not "\ud800" <= sign <= "\udfff"

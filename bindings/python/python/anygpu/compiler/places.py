"""Where a text that a user passed as a string stands in the user's file."""

import linecache

from .errors import Source


def place(frame):
    """(file, line) of a caller."""
    return frame.f_code.co_filename, frame.f_lineno


def source_of(text, caller, what):
    """The `Source` of a text: its lines in the caller's file, if the file has them as they are; else lines of `what`."""
    filename, line = caller
    stripped = text.strip("\n")
    found = line_of(stripped, filename, line) if stripped else None
    if found is None:
        return Source(f"<{what}>", 1, text.split("\n"), 0)
    # The text may begin with line breaks.
    return Source(filename, found - (len(text) - len(text.lstrip("\n"))), text.split("\n"), 0)


def line_of(text, filename, near):
    """The line at which a text begins in a file, of several the one closest to `near`; None where it does not stand there."""
    content = "".join(linecache.getlines(filename))
    starts, at = [], content.find(text)
    while at >= 0:
        # Between quotes, or on lines of its own: not a part of something else.
        if content[max(at - 1, 0)] in "'\"\n" and content[at + len(text) : at + len(text) + 1] in ("'", '"', "\n"):
            starts.append(content.count("\n", 0, at) + 1)
        at = content.find(text, at + 1)
    return min(starts, key=lambda line: abs(line - near), default=None)

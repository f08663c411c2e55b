"""The tokens of C++ that snippets of kernels are written in, with their macros written out."""

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v\\]+|//[^\n]*|/\*.*?\*/)|(?P<newline>\n)
    |(?P<number>(?:0[xX][0-9a-fA-F']+|0[bB][01']+|(?:\d[\d']*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[uUlLfFzZ]*)
    |(?P<name>[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)
    |(?P<mark><<=|>>=|\+\+|--|->|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|[-+*/%&|^~!<>=?:;,.(){}\[\]\#])""",
    re.X | re.S,
)


class SyntaxProblem(Exception):
    """What the parser cannot read; `node` says where."""

    def __init__(self, node, message):
        super().__init__(message)
        self.node = node


@dataclass
class Token:
    kind: str
    text: str
    lineno: int
    col_offset: int
    end_lineno: int
    end_col_offset: int


def tokens(text, macros):
    """The tokens of a text, with macros written out; its own are added to `macros`."""
    found, at, line, start = [], 0, 1, 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            wrong = Token("mark", text[at], line, at - start, line, at - start + 1)
            raise SyntaxProblem(wrong, f"{text[at]!r} has no meaning in a snippet")
        piece, kind = match[0], match.lastgroup
        token = Token(kind, piece, line, at - start, line, match.end() - start)
        at = match.end()
        if piece == "#" and not (found and found[-1].lineno == line):
            end = re.compile(r"(?<!\\)\n|\Z").search(text, at).start()
            _directive(text[at:end].replace("\\\n", " "), token, macros)
            piece, at = text[at:end], end
        elif kind in ("number", "mark"):
            found.append(token)
        elif kind == "name":
            token.text = re.sub(r"^(std|thrust|cuda|cupy)::", "", piece)
            found.append(token)
        line += piece.count("\n")
        if "\n" in piece:
            start = text.rfind("\n", 0, at) + 1
    last = Token("end", "the end of the snippet", line, max(at - start - 1, 0), line, max(at - start, 1))
    if found:
        previous = found[-1]
        last = Token("end", "the end of the snippet", previous.lineno, previous.end_col_offset, previous.lineno, previous.end_col_offset + 1)
    return [*_expanded(found, macros, frozenset()), last]


def _directive(text, token, macros):
    define = re.match(r"\s*define\s+(\w+)(\(([^)]*)\))?(.*)", text, flags=re.S)
    if define:
        name, call, parameters, body = define.groups()
        body = [Token(t.kind, t.text, token.lineno, token.col_offset, token.lineno, token.end_col_offset) for t in tokens(body, {})[:-1]]
        macros[name] = (None if call is None else [p.strip() for p in parameters.split(",") if p.strip()], body)
    elif not re.match(r"\s*(include|pragma)\b", text):
        raise SyntaxProblem(token, f"`#{text.split()[0] if text.split() else ''}` has no meaning in a snippet: of the preprocessor there is #define")


def _expanded(found, macros, inside):
    """The tokens with macros replaced."""
    result, at = [], 0
    while at < len(found):
        token = found[at]
        at += 1
        if token.kind != "name" or token.text not in macros or token.text in inside:
            result.append(token)
            continue
        parameters, body = macros[token.text]
        given = {}
        if parameters is not None:
            if at >= len(found) or found[at].text != "(":
                result.append(token)
                continue
            pieces, depth = [[]], 0
            while True:
                at += 1
                if at >= len(found):
                    raise SyntaxProblem(token, f"the arguments of {token.text} do not end")
                part = found[at]
                depth += (part.text in "([{") - (part.text in ")]}")
                if depth < 0:
                    break
                if part.text == "," and depth == 0:
                    pieces.append([])
                else:
                    pieces[-1].append(part)
            at += 1
            if len(pieces) != max(len(parameters), 1):
                raise SyntaxProblem(token, f"{token.text} takes {len(parameters)} arguments, and {len(pieces)} were given")
            given = dict(zip(parameters, pieces))
        placed = []
        for part in body:
            for new in given.get(part.text, [part]) if part.kind == "name" else [part]:
                # Errors point at the use.
                at_use = new if part.text in given else Token(new.kind, new.text, token.lineno, token.col_offset, token.end_lineno, token.end_col_offset)
                placed.append(at_use)
        result += _expanded(placed, macros, inside | {token.text})
    return result

"""The tokens of C++ that snippets of kernels are written in, with their macros written out."""

import operator
import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v\\]+|//[^\n]*|/\*.*?\*/)|(?P<newline>\n)
    |(?P<number>(?:0[xX][0-9a-fA-F']+|0[bB][01']+|(?:\d[\d']*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[uUlLfFzZ]*)
    |(?P<name>[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)|(?P<string>"(?:[^"\\\n]|\\.)*")
    |(?P<mark>::|<<=|>>=|\+\+|--|->|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|[-+*/%&|^~!<>=?:;,.(){}\[\]\#])""",
    re.X | re.S,
)
#: C++'s names of operators.
_MARKS = {
    "and": "&&", "or": "||", "not": "!", "bitand": "&", "bitor": "|", "xor": "^", "compl": "~", "not_eq": "!=", "and_eq": "&=", "or_eq": "|=", "xor_eq": "^=",
}  # fmt: skip
_ORDER = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


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
    found, read, at, line, start = [], [], 0, 1, 0
    # Of each #if that is open: whether the text here counts, and whether some branch did.
    branches, previous = [], None
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            wrong = Token("mark", text[at], line, at - start, line, at - start + 1)
            raise SyntaxProblem(wrong, f"{text[at]!r} has no meaning in a snippet")
        piece, kind = match[0], match.lastgroup
        token = Token(kind, piece, line, at - start, line, match.end() - start)
        at = match.end()
        if piece == "#" and not (read and read[-1].lineno == line):
            # What stands before has the macros as they are here.
            found += _expanded(read, macros, frozenset())
            read, previous = [], read[-1] if read else previous
            end = re.compile(r"(?<!\\)\n|\Z").search(text, at).start()
            _directive(text[at:end].replace("\\\n", " "), token, macros, branches)
            piece, at = text[at:end], end
        elif not all(counts for counts, _ in branches):
            pass
        elif kind in ("number", "mark", "string"):
            read.append(token)
        elif piece in _MARKS:
            token.kind, token.text = "mark", _MARKS[piece]
            read.append(token)
        elif kind == "name":
            token.text = re.sub(r"^(std|thrust|cuda|cupy)::", "", piece)
            read.append(token)
        line += piece.count("\n")
        if "\n" in piece:
            start = text.rfind("\n", 0, at) + 1
    if branches:
        raise SyntaxProblem(token, "an #if of this text has no #endif")
    last = Token("end", "the end of the snippet", line, max(at - start - 1, 0), line, max(at - start, 1))
    previous = read[-1] if read else previous
    if previous is not None:
        last = Token("end", "the end of the snippet", previous.lineno, previous.end_col_offset, previous.lineno, previous.end_col_offset + 1)
    return [*found, *_expanded(read, macros, frozenset()), last]


def _directive(text, token, macros, branches):
    word, _, rest = text.strip().partition(" ")
    counts = all(branch[0] for branch in branches)
    if word in ("ifdef", "ifndef", "if"):
        holds = counts and (_holds(rest, token, macros) if word == "if" else (rest.strip() in macros) == (word == "ifdef"))
        branches.append([holds, holds])
        return
    if word in ("elif", "else", "endif"):
        if not branches:
            raise SyntaxProblem(token, f"`#{word}` stands here without an #if")
        _, was = branches.pop()
        if word != "endif":
            holds = not was and all(branch[0] for branch in branches) and (word == "else" or _holds(rest, token, macros))
            branches.append([holds, was or holds])
        return
    if not counts:
        return
    if word == "undef":
        macros.pop(rest.strip(), None)
        return
    define = re.match(r"\s*define\s+(\w+)(\(([^)]*)\))?(.*)", text, flags=re.S)
    if define:
        name, call, parameters, body = define.groups()
        body = [Token(t.kind, t.text, token.lineno, token.col_offset, token.lineno, token.end_col_offset) for t in tokens(body, {})[:-1]]
        macros[name] = (None if call is None else [p.strip() for p in parameters.split(",") if p.strip()], body)
    elif not re.match(r"\s*(include|pragma)\b", text):
        raise SyntaxProblem(token, f"`#{text.split()[0] if text.split() else ''}` has no meaning in a snippet: of the preprocessor there are #define and #if")


def _holds(text, token, macros):
    """Whether the condition of an #if holds: names, ``defined(NAME)`` and comparisons of numbers, joined by && or ||."""
    if "||" in text:
        return any([_holds(part, token, macros) for part in text.split("||")])
    if "&&" in text:
        return all([_holds(part, token, macros) for part in text.split("&&")])
    defined = re.fullmatch(r"\s*(!?)\s*defined\s*(?:\(\s*(\w+)\s*\)|(\w+))\s*", text)
    if defined:
        return ((defined[2] or defined[3]) in macros) != bool(defined[1])
    parts = re.fullmatch(r"\s*(!?)\s*(\w+)\s*(?:([<>=!]=|[<>])\s*(\w+)\s*)?", text.strip(" ()"))
    if parts is None:
        raise SyntaxProblem(token, f"`#if {text.strip()}` is no condition here: it compares numbers, or asks for defined(NAME)")

    def value(word):
        if word in macros:
            word = " ".join(part.text for part in macros[word][1])
        try:
            return int(word.rstrip("uUlL"), 0)
        except ValueError:
            # What is not defined counts as zero.
            return 0

    left = value(parts[2])
    return (_ORDER[parts[3]](left, value(parts[4])) if parts[3] else bool(left)) != bool(parts[1])


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

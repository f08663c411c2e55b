"""The part of C++ that snippets of kernels are written in: tokens and the syntax tree.

Types are resolved while parsing, by the table that the parser is given: a type is a NumPy dtype, `int` for 64-bit signed integers (which the compiler
computes in 32 bits where those suffice), `AUTO`, None for void, or a `Template`.
"""

import re
from dataclasses import dataclass, field

import numpy as np

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\f\v\\]+|//[^\n]*|/\*.*?\*/)|(?P<newline>\n)
    |(?P<number>(?:0[xX][0-9a-fA-F']+|0[bB][01']+|(?:\d[\d']*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[uUlLfFzZ]*)
    |(?P<name>[A-Za-z_]\w*(?:::[A-Za-z_]\w*)*)
    |(?P<mark><<=|>>=|\+\+|--|->|&&|\|\||<<|>>|[-+*/%&|^=!<>]=|[-+*/%&|^~!<>=?:;,.(){}\[\]\#])""",
    re.X | re.S,
)
_PRECEDENCE = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]
_ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
_QUALIFIERS = {
    "const", "volatile", "static", "inline", "constexpr", "__device__", "__host__", "__forceinline__", "__inline__", "__constant__", "__restrict__",
}  # fmt: skip
_WORDS = {"signed", "unsigned", "char", "short", "int", "long"}
_REFUSED = {
    "goto": "use loops, break and continue",
    "case": "it stands in the braces of a switch, and not deeper",
    "default": "it stands in the braces of a switch, and not deeper",
    "struct": "use several variables",
    "class": "use several variables",
    "new": "kernels have no heap",
    "delete": "kernels have no heap",
    "asm": "there is no assembly for every GPU",
    "__shared__": "use RawKernel or anygpu.cuda.jit for memory that threads share",
}

AUTO = "auto"
_DTYPES = {n: np.dtype(n) for n in "bool int8 int16 int32 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128".split()}
#: Types by their names in C++.
TYPES = {
    **_DTYPES, **{f"{n}_t": d for n, d in _DTYPES.items() if "int" in n}, "int64": int, "int64_t": int, "ptrdiff_t": int, "ssize_t": int,
    "size_t": np.dtype("uint64"),
    "float": np.dtype("float32"), "double": np.dtype("float64"), "half": np.dtype("float16"), "__half": np.dtype("float16"), "void": None, "auto": AUTO,
}  # fmt: skip


class SyntaxProblem(Exception):
    """What the parser cannot read; `node` says where."""

    def __init__(self, node, message):
        super().__init__(message)
        self.node = node


@dataclass(frozen=True)
class Template:
    """A type that a function template is given by its arguments."""

    name: str


@dataclass
class Token:
    kind: str
    text: str
    lineno: int
    col_offset: int
    end_lineno: int
    end_col_offset: int


@dataclass
class Node:
    begin: Token = field(repr=False)
    end: Token = field(repr=False)

    @property
    def lineno(self):
        return self.begin.lineno

    @property
    def col_offset(self):
        return self.begin.col_offset

    @property
    def end_lineno(self):
        return self.end.end_lineno

    @property
    def end_col_offset(self):
        return self.end.end_col_offset


def _node(name, *fields):
    made = dataclass(type(name, (Node,), {"__annotations__": dict.fromkeys(fields, object), "__module__": __name__}))
    made.__doc__ = f"{name}({', '.join(fields)})"
    return made


Number, Name = _node("Number", "value", "type"), _node("Name", "id")
Unary, Binary, Assign = _node("Unary", "operator", "operand"), _node("Binary", "operator", "left", "right"), _node("Assign", "operator", "target", "value")
Conditional, Convert = _node("Conditional", "test", "yes", "no"), _node("Convert", "type", "arguments")
Call, Index, Member = _node("Call", "function", "arguments", "types"), _node("Index", "owner", "index"), _node("Member", "owner", "name")
Step, Comma, Address = _node("Step", "operator", "target", "is_prefix"), _node("Comma", "items"), _node("Address", "operand")
Block, Declare, Expression = _node("Block", "body"), _node("Declare", "type", "variables"), _node("Expression", "value")
Variable = _node("Variable", "name", "value", "length", "is_constant")
If, For = _node("If", "test", "then", "otherwise"), _node("For", "begin_with", "test", "step", "body")
While, DoWhile = _node("While", "test", "body"), _node("DoWhile", "body", "test")
Switch, Section = _node("Switch", "test", "sections"), _node("Section", "labels", "body")
Break, Continue, Return = _node("Break"), _node("Continue"), _node("Return", "value")
Function = _node("Function", "name", "type", "parameters", "body", "templates")


def walk(node):
    """A node and all within it."""
    if isinstance(node, (list, tuple)):
        for part in node:
            yield from walk(part)
    elif isinstance(node, Node):
        yield node
        for name, value in vars(node).items():
            if name not in ("begin", "end"):
                yield from walk(value)


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


class Parser:
    """A recursive descent over the tokens; `types` are the names of types beside C++'s, `macros` those of a preamble."""

    DEEPEST = 80

    def __init__(self, text, types, macros):
        self.types, self.macros = {**TYPES, **types}, dict(macros)
        self.tokens = tokens(text, self.macros)
        self.at = 0
        self.depth = 0

    # ---- tokens ----------------------------------------------------------------------------------------------------------------------------

    @property
    def token(self):
        return self.tokens[self.at]

    def peek(self, ahead=1):
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    @property
    def previous(self):
        return self.tokens[self.at - 1]

    def take(self):
        token = self.token
        if token.kind != "end":
            self.at += 1
        return token

    def accept(self, *texts):
        if self.token.text in texts and self.token.kind != "end":
            return self.take()
        return None

    def expect(self, text, where):
        if self.token.text != text:
            raise SyntaxProblem(self.token, f"`{text}` is missing {where}, before {self.shown(self.token)}")
        return self.take()

    def shown(self, token):
        return token.text if token.kind == "end" else f"`{token.text}`"

    # ---- types -----------------------------------------------------------------------------------------------------------------------------

    def begins_type(self, token, after):
        """Whether a declaration or a cast begins here, not a call like `float(x)`."""
        if token.kind != "name":
            return False
        if token.text in _QUALIFIERS or token.text in _WORDS or (token.text == "complex" and after.text == "<"):
            return True
        return token.text in self.types

    def type(self):
        begin = self.token
        while self.accept(*_QUALIFIERS):
            pass
        if self.token.text in ("typename", "struct"):
            self.take()
        words = []
        while self.token.text in _WORDS:
            words.append(self.take().text)
            while self.accept(*_QUALIFIERS):
                pass
        if words:
            found = _integer(words)
            if self.token.text == "double" and words == ["long"]:
                raise SyntaxProblem(self.token, "long double has no form on a GPU; use double")
        elif self.token.text == "complex":
            self.take()
            self.expect("<", "after complex")
            part = self.type()
            self.expect(">", "after the type of the parts")
            if part not in (TYPES["float"], TYPES["double"]):
                raise SyntaxProblem(begin, "complex<float> and complex<double> exist")
            found = np.dtype("complex64" if part == TYPES["float"] else "complex128")
        elif self.token.text in self.types:
            found = self.types[self.take().text]
        else:
            raise SyntaxProblem(self.token, f"{self.shown(self.token)} stands where a type is needed")
        while self.accept(*_QUALIFIERS):
            pass
        if self.token.text in ("*", "&") and self.token.text == "*":
            raise SyntaxProblem(self.token, "pointers have no form in a snippet: index a `raw` parameter")
        return found

    # ---- statements ------------------------------------------------------------------------------------------------------------------------

    def statements(self):
        """The whole text as statements; the last semicolon may be missing."""
        body = []
        while self.token.kind != "end":
            body.append(self.statement())
        return body

    def statement(self):
        begin = self.token
        self.deeper()
        try:
            made = self.any_statement(begin)
        finally:
            self.depth -= 1
        return made

    def deeper(self):
        self.depth += 1
        if self.depth > self.DEEPEST:
            raise SyntaxProblem(self.token, f"nested more than {self.DEEPEST} deep")

    def any_statement(self, begin):
        if begin.kind == "name" and begin.text in _REFUSED:
            raise SyntaxProblem(begin, f"`{begin.text}` has no form in a snippet: {_REFUSED[begin.text]}")
        if self.accept(";"):
            return Block(begin, begin, [])
        if self.accept("{"):
            body = []
            while not self.accept("}"):
                if self.token.kind == "end":
                    raise SyntaxProblem(begin, "this `{` is not closed")
                body.append(self.statement())
            return Block(begin, self.previous, body)
        if self.accept("if"):
            test = self.bracketed("after if")
            then = self.statement()
            otherwise = self.statement() if self.accept("else") else None
            return If(begin, self.previous, test, then, otherwise)
        if self.accept("while"):
            test = self.bracketed("after while")
            return While(begin, self.previous, test, self.statement())
        if self.accept("do"):
            body = self.statement()
            self.expect("while", "after the body of do")
            test = self.bracketed("after while")
            self.ends("do")
            return DoWhile(begin, self.previous, body, test)
        if self.accept("for"):
            return self.for_(begin)
        if self.accept("switch"):
            return self.switch(begin)
        if self.accept("break"):
            self.ends("break")
            return Break(begin, begin)
        if self.accept("continue"):
            self.ends("continue")
            return Continue(begin, begin)
        if self.accept("return"):
            value = None if self.token.text in (";", "}") or self.token.kind == "end" else self.comma()
            self.ends("return")
            return Return(begin, self.previous, value)
        made = self.declaration(begin) if self.begins_declaration() else Expression(begin, begin, self.comma())
        made.end = self.previous
        self.ends("the statement")
        return made

    def ends(self, what):
        if self.token.kind != "end":
            self.expect(";", f"after {what}")

    def bracketed(self, where):
        self.expect("(", where)
        value = self.comma()
        self.expect(")", where + " and its condition")
        return value

    def begins_declaration(self):
        if not self.begins_type(self.token, self.peek()):
            return False
        return self.token.text in _QUALIFIERS or self.peek().text not in ("(", "{", ".")

    def for_(self, begin):
        self.expect("(", "after for")
        first = None
        if self.token.text != ";":
            start = self.token
            first = self.declaration(start) if self.begins_declaration() else Expression(start, start, self.comma())
        self.expect(";", "after the beginning of for")
        test = None if self.token.text == ";" else self.comma()
        self.expect(";", "after the condition of for")
        step = None if self.token.text == ")" else self.comma()
        self.expect(")", "at the end of for")
        return For(begin, self.previous, first, test, step, self.statement())

    def switch(self, begin):
        """`labels` of a section are the values of its cases, and None for `default`."""
        test = self.bracketed("after switch")
        self.expect("{", "after the value of switch")
        sections = []
        while not self.accept("}"):
            if self.token.kind == "end":
                raise SyntaxProblem(begin, "the `{` of this switch is not closed")
            start, is_case = self.token, self.token.text == "case"
            if self.accept("case", "default"):
                label = self.conditional() if is_case else None
                self.expect(":", "after the value of case" if is_case else "after default")
                if not sections or sections[-1].body:
                    sections.append(Section(start, start, [], []))
                sections[-1].labels.append(label)
            elif not sections:
                raise SyntaxProblem(self.token, "a switch begins with a case")
            else:
                sections[-1].body.append(self.statement())
                sections[-1].end = self.previous
        return Switch(begin, self.previous, test, sections)

    def declaration(self, begin):
        constant = self.token.text in ("const", "constexpr")
        kind = self.type()
        variables = []
        while True:
            name = self.take()
            if name.text == "&":
                raise SyntaxProblem(name, "references have no form in a snippet: use the variable itself")
            if name.kind != "name":
                raise SyntaxProblem(name, f"{self.shown(name)} stands where a variable's name is needed")
            length = value = None
            if self.accept("["):
                length = self.assignment() if self.token.text != "]" else ()
                self.expect("]", "after the length of an array")
            if self.accept("="):
                value = self.list_of_values() if self.token.text == "{" else self.assignment()
            elif self.token.text == "(":
                value = self.bracketed("after the name")
            elif self.token.text == "{":
                value = self.list_of_values()
                value = value if length is not None else value[0] if value else None
            variables.append(Variable(name, name, name.text, value, length, constant))
            if not self.accept(","):
                return Declare(begin, self.previous, kind, variables)

    def list_of_values(self):
        self.expect("{", "before the values")
        found = []
        while not self.accept("}"):
            found.append(self.assignment())
            if not self.accept(","):
                self.expect("}", "after the values")
                break
        return found

    # ---- preambles -------------------------------------------------------------------------------------------------------------------------

    def definitions(self):
        """A preamble: functions and constants."""
        functions, constants = [], []
        while self.token.kind != "end":
            begin = self.token
            if self.accept(";"):
                continue
            if self.accept("typedef"):
                kind = self.type()
                self.types[self.take().text] = kind
                self.ends("typedef")
                continue
            if self.token.text == "using" and self.peek(2).text == "=":
                self.take()
                name = self.take().text
                self.take()
                self.types[name] = self.type()
                self.ends("using")
                continue
            outer = self.types
            templates = self.templates()
            if self.token.text in _REFUSED:
                raise SyntaxProblem(self.token, f"`{self.token.text}` has no form in a preamble: {_REFUSED[self.token.text]}")
            start = self.at
            kind = self.type()
            if self.peek().text == "(":
                functions.append(self.function(begin, kind, templates))
            else:
                self.at = start
                constants.append(self.declaration(begin))
                self.ends("the constant")
            self.types = outer
        return functions, constants

    def templates(self):
        names = []
        if self.accept("template"):
            self.expect("<", "after template")
            while True:
                if not self.accept("typename", "class"):
                    raise SyntaxProblem(self.token, "templates have types only: template<typename T>")
                names.append(self.take().text)
                if not self.accept(","):
                    break
            self.expect(">", "after the template's types")
        self.types = {**self.types, **{name: Template(name) for name in names}}
        return names

    def function(self, begin, kind, templates):
        name = self.take()
        self.expect("(", "after the function's name")
        parameters = []
        while not self.accept(")"):
            of = self.type()
            if of is None and self.token.text == ")":
                continue
            parameter = self.take()
            if parameter.text == "&":
                raise SyntaxProblem(parameter, "references have no form in a preamble: return the value")
            if parameter.kind != "name":
                raise SyntaxProblem(parameter, f"{self.shown(parameter)} stands where a parameter's name is needed")
            parameters.append((parameter.text, of))
            if not self.accept(","):
                self.expect(")", "after the parameters")
                break
        if self.token.text != "{":
            raise SyntaxProblem(self.token, f"the body of {name.text} is missing")
        return Function(begin, name, name.text, kind, parameters, self.statement(), templates)

    # ---- expressions -----------------------------------------------------------------------------------------------------------------------

    def comma(self):
        begin = self.token
        items = [self.assignment()]
        while self.accept(","):
            items.append(self.assignment())
        return items[0] if len(items) == 1 else Comma(begin, self.previous, items)

    def assignment(self):
        begin = self.token
        self.deeper()
        try:
            left = self.conditional()
            operator = self.accept(*_ASSIGNMENTS)
            if operator is None:
                return left
            return Assign(begin, self.previous, operator.text, left, self.assignment())
        finally:
            self.depth -= 1

    def conditional(self):
        begin = self.token
        test = self.binary(0)
        if not self.accept("?"):
            return test
        yes = self.comma()
        self.expect(":", "of a conditional expression")
        no = self.assignment()
        return Conditional(begin, self.previous, test, yes, no)

    def binary(self, level):
        if level == len(_PRECEDENCE):
            return self.unary()
        begin = self.token
        left = self.binary(level + 1)
        while operator := self.accept(*_PRECEDENCE[level]):
            right = self.binary(level + 1)
            left = Binary(begin, self.previous, operator.text, left, right)
        return left

    def unary(self):
        begin = self.token
        self.deeper()
        try:
            if begin.kind == "mark":
                if self.accept("+", "-", "!", "~"):
                    operand = self.unary()
                    return Unary(begin, self.previous, begin.text, operand)
                if self.accept("++", "--"):
                    target = self.unary()
                    return Step(begin, self.previous, begin.text, target, True)
                if self.accept("&"):
                    operand = self.unary()
                    return Address(begin, self.previous, operand)
                if begin.text == "*":
                    raise SyntaxProblem(begin, "pointers have no form in a snippet: index a `raw` parameter")
                if begin.text == "(" and self.begins_type(self.peek(), self.peek(2)) and self.closes_type():
                    self.take()
                    kind = self.type()
                    self.expect(")", "after the type")
                    operand = self.unary()
                    return Convert(begin, self.previous, kind, [operand])
            return self.postfix()
        finally:
            self.depth -= 1

    def closes_type(self):
        """Whether the parenthesis here holds nothing but a type."""
        saved = self.at
        try:
            self.take()
            self.type()
            return self.token.text == ")"
        except SyntaxProblem:
            return self.token.text == "*"
        finally:
            self.at = saved

    def postfix(self):
        begin = self.token
        value = self.primary()
        while True:
            if self.accept("["):
                index = self.comma()
                self.expect("]", "after the index")
                value = Index(begin, self.previous, value, index)
            elif self.accept("("):
                value = Call(begin, self.previous, value, self.arguments(), [])
                value.end = self.previous
            elif self.token.text == "<" and isinstance(value, Name) and (given := self.template_arguments()):
                value = Call(begin, self.previous, value, self.arguments(), given)
                value.end = self.previous
            elif self.accept("."):
                value = Member(begin, self.token, value, self.take().text)
            elif self.token.text == "->":
                raise SyntaxProblem(self.token, "pointers have no form in a snippet")
            elif step := self.accept("++", "--"):
                value = Step(begin, step, step.text, value, False)
            else:
                return value

    def template_arguments(self):
        """The types in `f<float, T>(`, up to the parenthesis; None, and nothing read, where a comparison begins here."""
        saved = self.at
        self.take()
        found = []
        while self.begins_type(self.token, self.peek()):
            found.append(self.type())
            if not self.accept(","):
                if self.accept(">") and self.accept("("):
                    return found
                break
        self.at = saved
        return None

    def arguments(self):
        found = []
        while not self.accept(")"):
            found.append(self.assignment())
            if not self.accept(","):
                self.expect(")", "after the arguments")
                break
        return found

    def primary(self):
        token = self.token
        if token.kind == "number":
            self.take()
            return _number(token)
        if self.accept("("):
            value = self.comma()
            self.expect(")", "after the expression")
            return value
        if token.kind == "name":
            if token.text in ("true", "false"):
                self.take()
                return Number(token, token, token.text == "true", np.dtype(bool))
            if token.text in ("static_cast", "reinterpret_cast", "const_cast"):
                self.take()
                self.expect("<", f"after {token.text}")
                kind = self.type()
                self.expect(">", "after the type")
                self.expect("(", "after the type")
                arguments = self.arguments()
                if token.text != "static_cast":
                    raise SyntaxProblem(token, f"{token.text} has no form in a snippet")
                return Convert(token, self.previous, kind, arguments)
            if self.begins_type(token, self.peek()):
                kind = self.type()
                close = "}" if self.token.text == "{" else ")"
                if close == "}":
                    return Convert(token, self.previous, kind, self.list_of_values())
                self.expect("(", "after the type")
                return Convert(token, self.previous, kind, self.arguments())
            self.take()
            return Name(token, token, token.text)
        if token.kind == "end":
            raise SyntaxProblem(token, "the snippet ends where a value is needed")
        raise SyntaxProblem(token, f"{self.shown(token)} stands where a value is needed")


def _integer(words):
    """The integer type of words like `unsigned long`."""
    unsigned = "unsigned" in words
    if "char" in words:
        name = "int8"
    elif "short" in words:
        name = "int16"
    elif "long" in words:
        return np.dtype("uint64") if unsigned else int
    else:
        name = "int32"
    return np.dtype("u" + name if unsigned else name)


def _number(token):
    text = token.text.replace("'", "").lower()
    hexadecimal = text.startswith("0x")
    digits = text.rstrip("ulz" if hexadecimal else "ulfz")
    suffix = text[len(digits) :]
    try:
        if not hexadecimal and (re.search(r"[.e]", digits) or "f" in suffix):
            # Without a suffix a number takes the type of what it meets.
            if "f" in suffix:
                return Number(token, token, float(np.float32(digits)), np.dtype("float32"))
            return Number(token, token, float(digits), float)
        base = 16 if hexadecimal else 2 if text.startswith("0b") else 8 if digits.startswith("0") and digits != "0" else 10
        value = int(digits, base)
    except ValueError:
        raise SyntaxProblem(token, f"`{token.text}` is no number") from None
    if value >= 2**64:
        raise SyntaxProblem(token, f"`{token.text}` exceeds 64 bits")
    unsigned = "u" in suffix
    if "l" in suffix or "z" in suffix or value >= 2**32 or (value >= 2**31 and base == 10 and not unsigned):
        kind = np.dtype("uint64") if unsigned or value >= 2**63 else int
    else:
        # Other bases than ten go to unsigned types before wider ones.
        kind = np.dtype("uint32" if unsigned or value >= 2**31 else "int32")
    return Number(token, token, value, kind)

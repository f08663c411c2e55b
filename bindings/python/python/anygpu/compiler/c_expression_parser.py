"""Parsing: expressions of C++, and the types within them.

Types are resolved while parsing, by the table that the parser is given.
"""

import re

import numpy as np

from .c_tokens import SyntaxProblem, tokens
from .c_tree import Address, Assign, Binary, Call, Comma, Conditional, Convert, Dereference, Index, Member, Name, Number, Step, Text, Unary
from .c_types import TYPES, Pointer, Reference

_PRECEDENCE = [["||"], ["&&"], ["|"], ["^"], ["&"], ["==", "!="], ["<", "<=", ">", ">="], ["<<", ">>"], ["+", "-"], ["*", "/", "%"]]
_ASSIGNMENTS = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
QUALIFIERS = {
    "const", "volatile", "static", "inline", "constexpr", "__device__", "__host__", "__forceinline__", "__inline__", "__constant__", "__restrict__",
}  # fmt: skip
_WORDS = {"signed", "unsigned", "char", "short", "int", "long"}


class ExpressionParser:
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
        if token.text in QUALIFIERS or token.text in _WORDS or (token.text in ("complex", "CArray") and after.text == "<"):
            return True
        return token.text in self.types

    def type(self):
        begin = self.token
        while self.accept(*QUALIFIERS):
            pass
        if self.token.text in ("typename", "struct"):
            self.take()
        words = []
        while self.token.text in _WORDS:
            words.append(self.take().text)
            while self.accept(*QUALIFIERS):
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
        elif self.token.text == "CArray":
            self.take()
            self.expect("<", "after CArray")
            found = Pointer(self.type())
            while self.accept(","):
                self.take()
            self.expect(">", "after CArray's type and number of axes")
        elif self.token.text in self.types:
            found = self.types[self.take().text]
        else:
            raise SyntaxProblem(self.token, f"{self.shown(self.token)} stands where a type is needed")
        while self.accept(*QUALIFIERS):
            pass
        return found

    def pointed(self, kind):
        """A type with the `*` or `&` that follow."""
        while star := self.accept("*"):
            if isinstance(kind, Pointer):
                raise SyntaxProblem(star, "pointers to pointers have no form in a snippet")
            kind = Pointer(kind)
            while self.accept(*QUALIFIERS):
                pass
        if self.accept("&"):
            kind = kind if isinstance(kind, Pointer) else Reference(kind)
            while self.accept(*QUALIFIERS):
                pass
        return kind

    def deeper(self):
        self.depth += 1
        if self.depth > self.DEEPEST:
            raise SyntaxProblem(self.token, f"nested more than {self.DEEPEST} deep")

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
                if self.accept("*"):
                    operand = self.unary()
                    return Dereference(begin, self.previous, operand)
                if begin.text == "(" and self.begins_type(self.peek(), self.peek(2)) and self.closes_type():
                    self.take()
                    kind = self.pointed(self.type())
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
            self.pointed(self.type())
            return self.token.text == ")"
        except SyntaxProblem:
            return False
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
                raise SyntaxProblem(self.token, "there is no `->` in a snippet: nothing points to what has members")
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
        if token.kind == "string":
            return Text(self.take(), token, token.text)
        if token.kind == "name":
            if token.text == "numeric_limits":
                self.take()
                self.expect("<", "after numeric_limits")
                kind = self.type()
                self.expect(">", "after the type")
                self.expect("::", "after numeric_limits<>")
                name = self.take()
                return Name(token, name, f"numeric_limits::{name.text}", kind)
            if token.text in ("true", "false"):
                self.take()
                return Number(token, token, token.text == "true", np.dtype(bool))
            if token.text in ("static_cast", "reinterpret_cast", "const_cast"):
                self.take()
                self.expect("<", f"after {token.text}")
                kind = self.pointed(self.type())
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
            return Name(token, token, token.text, None)
        if token.kind == "end":
            raise SyntaxProblem(token, "the snippet ends where a value is needed")
        raise SyntaxProblem(token, f"{self.shown(token)} stands where a value is needed")

    def bracketed(self, where):
        self.expect("(", where)
        value = self.comma()
        self.expect(")", where + " and its condition")
        return value

    def list_of_values(self):
        self.expect("{", "before the values")
        found = []
        while not self.accept("}"):
            found.append(self.assignment())
            if not self.accept(","):
                self.expect("}", "after the values")
                break
        return found


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

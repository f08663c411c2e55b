"""Parsing: the statements of snippets, and the functions, constants and types of preambles."""

from .c_expression_parser import QUALIFIERS, ExpressionParser
from .c_tokens import SyntaxProblem
from .c_tree import (
    Block, Break, Continue, Declare, DoWhile, Expression, For, Function, If, Return, Section, Switch, Variable, While,
)  # fmt: skip
from .c_types import Pointer, Reference, Template

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


class Parser(ExpressionParser):
    """Texts as a whole: `statements` of a snippet, `definitions` of a preamble."""

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

    def any_statement(self, begin):
        if begin.kind == "name" and begin.text in _REFUSED:
            raise SyntaxProblem(begin, f"`{begin.text}` has no form in a snippet: {_REFUSED[begin.text]}")
        if self.accept(";"):
            return Block(begin, begin, [])
        if self.accept("{"):
            body = []
            outer = self.types
            while not self.accept("}"):
                if self.token.kind == "end":
                    raise SyntaxProblem(begin, "this `{` is not closed")
                body.append(self.statement())
            self.types = outer
            return Block(begin, self.previous, body)
        if self.alias():
            return Block(begin, self.previous, [])
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

    def begins_declaration(self):
        if not self.begins_type(self.token, self.peek()):
            return False
        return self.token.text in QUALIFIERS or self.peek().text not in ("(", "{", ".")

    def for_(self, begin):
        self.expect("(", "after for")
        outer, first = self.types, None
        if self.token.text != ";":
            start = self.token
            first = self.declaration(start) if self.begins_declaration() else Expression(start, start, self.comma())
        self.expect(";", "after the beginning of for")
        test = None if self.token.text == ";" else self.comma()
        self.expect(";", "after the condition of for")
        step = None if self.token.text == ")" else self.comma()
        self.expect(")", "at the end of for")
        end, body = self.previous, self.statement()
        self.types = outer
        return For(begin, end, first, test, step, body)

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
        base = self.type()
        variables = []
        while True:
            kind = self.pointed(base)
            name = self.take()
            if name.kind != "name":
                raise SyntaxProblem(name, f"{self.shown(name)} stands where a variable's name is needed")
            # From here on a variable, whatever type has the name outside.
            self.types = {known: of for known, of in self.types.items() if known != name.text}
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
            variables.append(Variable(name, name, name.text, kind, value, length, constant and not isinstance(kind, Pointer)))
            if not self.accept(","):
                return Declare(begin, self.previous, variables)

    # ---- preambles -------------------------------------------------------------------------------------------------------------------------

    def definitions(self):
        """A preamble: functions and constants."""
        functions, constants = [], []
        while self.token.kind != "end":
            begin = self.token
            if self.accept(";"):
                continue
            if self.alias():
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

    def alias(self):
        """Reads a `typedef` or a `using`, if one stands here."""
        if self.accept("typedef"):
            kind = self.type()
            name = self.take().text
        elif self.token.text == "using" and self.peek(2).text == "=":
            self.take()
            name = self.take().text
            self.take()
            kind = self.type()
        else:
            return False
        self.ends("the name of the type")
        self.types = {**self.types, name: kind}
        return True

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
            constant = self.token.text == "const"
            of = self.pointed(self.type())
            if of is None and self.token.text == ")":
                continue
            if isinstance(of, Reference) and constant:
                of = of.to
            parameter = self.take()
            if parameter.kind != "name":
                raise SyntaxProblem(parameter, f"{self.shown(parameter)} stands where a parameter's name is needed")
            if self.accept("["):
                if self.token.text != "]":
                    self.conditional()
                self.expect("]", "after the length of an array")
                of = Pointer(of)
            parameters.append((parameter.text, of))
            if not self.accept(","):
                self.expect(")", "after the parameters")
                break
        if self.token.text != "{":
            raise SyntaxProblem(self.token, f"the body of {name.text} is missing")
        return Function(begin, name, name.text, kind, parameters, self.statement(), templates)

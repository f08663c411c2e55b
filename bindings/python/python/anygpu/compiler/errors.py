"""What is wrong with a kernel, and where."""


class KernelError(TypeError):
    """A function cannot become a kernel. The message shows the file, the line, the source with a caret, and what to write instead."""


class Source:
    """Where a function's text stands."""

    def __init__(self, filename, first_line, lines, indent):
        self.filename, self.first_line, self.lines, self.indent = filename, first_line, lines, indent

    def place(self, node):
        """(file, line) of a node of the syntax tree."""
        return self.filename, self.first_line + getattr(node, "lineno", 1) - 1

    def error(self, node, message):
        """A `KernelError` that points at a node of the syntax tree."""
        line = getattr(node, "lineno", 1)
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        column = getattr(node, "col_offset", 0)
        end = node.end_col_offset if getattr(node, "end_lineno", None) == line else len(text.rstrip())
        caret = " " * column + "^" * max(1, end - column)
        filename, number = self.place(node)
        return KernelError(f'{message}\n  File "{filename}", line {number}\n    {text.rstrip()}\n    {caret}')

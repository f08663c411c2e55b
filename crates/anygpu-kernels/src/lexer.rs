//! A WGSL lexer just deep enough for linking: identifiers, brackets and punctuation, with comments skipped.
//!
//! Numbers are recognised so that a suffix (`0x7fu`, `1e-5f`) is not taken for an identifier; operators come out one
//! byte at a time. Comments follow the WGSL specification, section 3.3: `//` to the end of the line, `/* */` nested.

/// What a [`Token`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// An identifier or keyword that can name a declaration.
    Identifier,
    /// An identifier that cannot: a member (`a.x`) or an attribute's name (`@compute`).
    Qualified,
    /// A numeric literal.
    Number,
    /// One byte of punctuation.
    Punctuation(u8),
}

/// A piece of source text: `text[start..end]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// An iterator over the tokens of a WGSL text; stops early, with [`Lexer::unterminated`] set, in an open comment.
pub(crate) struct Lexer<'a> {
    text: &'a str,
    position: usize,
    previous: u8,
    unterminated: Option<usize>,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Lexer { text, position: 0, previous: 0, unterminated: None }
    }

    /// Where a block comment starts that never ends, once the iterator has returned `None`.
    pub(crate) fn unterminated(&self) -> Option<usize> {
        self.unterminated
    }

    fn skip_blanks(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.position) {
            match (byte, bytes.get(self.position + 1)) {
                (b'/', Some(b'/')) => {
                    let rest = &bytes[self.position..];
                    self.position += rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                }
                (b'/', Some(b'*')) => self.skip_block_comment(),
                (b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, _) => self.position += 1,
                _ => return,
            }
        }
    }

    fn skip_block_comment(&mut self) {
        let bytes = self.text.as_bytes();
        let start = self.position;
        let mut depth = 0;
        while self.position < bytes.len() {
            match (bytes[self.position], bytes.get(self.position + 1)) {
                (b'/', Some(b'*')) => {
                    depth += 1;
                    self.position += 2;
                }
                (b'*', Some(b'/')) => {
                    depth -= 1;
                    self.position += 2;
                    if depth == 0 {
                        return;
                    }
                }
                _ => self.position += 1,
            }
        }
        self.unterminated = Some(start);
    }

    fn number_end(&self, start: usize) -> usize {
        let bytes = self.text.as_bytes();
        let hexadecimal = matches!(bytes.get(start..start + 2), Some([b'0', b'x' | b'X']));
        let mut end = start;
        while let Some(&byte) = bytes.get(end) {
            let exponent_sign = matches!(byte, b'+' | b'-')
                && end > start
                && match bytes[end - 1] {
                    b'e' | b'E' => !hexadecimal,
                    b'p' | b'P' => hexadecimal,
                    _ => false,
                };
            if !(byte.is_ascii_alphanumeric() || byte == b'.' || exponent_sign) {
                break;
            }
            end += 1;
        }
        end
    }
}

/// True for a byte that can be part of an identifier; every non-ASCII byte counts, naga judges the rest.
fn is_identifier_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blanks();
        let bytes = self.text.as_bytes();
        let start = self.position;
        let &byte = bytes.get(start)?;
        let starts_fraction = byte == b'.' && bytes.get(start + 1).is_some_and(u8::is_ascii_digit);
        let (kind, end) = if byte.is_ascii_digit() || starts_fraction {
            (TokenKind::Number, self.number_end(start))
        } else if is_identifier_byte(byte) {
            let length = bytes[start..].iter().position(|&b| !is_identifier_byte(b));
            let kind = match self.previous {
                b'.' | b'@' => TokenKind::Qualified,
                _ => TokenKind::Identifier,
            };
            (kind, length.map_or(bytes.len(), |length| start + length))
        } else {
            (TokenKind::Punctuation(byte), start + 1)
        };
        self.position = end;
        self.previous = byte;
        Some(Token { kind, start, end })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identifiers(text: &str) -> Vec<&str> {
        Lexer::new(text).filter(|token| token.kind == TokenKind::Identifier).map(|token| &text[token.start..token.end]).collect()
    }

    #[test]
    fn comments_members_attributes_and_number_suffixes_are_not_identifiers() {
        let text = "a /* b /* c */ d */ . e // f\n + @g 0x7fu + 1e-5f + 0x1p+2h + .5e3f + 0xe-i + j.k(l)";
        assert_eq!(identifiers(text), ["a", "i", "j", "l"]);
    }

    #[test]
    fn open_block_comment_is_reported() {
        let mut lexer = Lexer::new("x /* /* */");
        assert_eq!(lexer.by_ref().count(), 1);
        assert_eq!(lexer.unterminated(), Some(2));
    }
}

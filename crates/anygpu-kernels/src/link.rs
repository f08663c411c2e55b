//! The library linker: a kernel gets exactly the functions, constants and types it names, and what those name.
//!
//! WGSL has no modules, and naga parses and validates everything it is given, used or not. The function library under
//! `shaders/math/` holds hundreds of functions, so each kernel is linked: [`Library::new`] indexes the top-level items of
//! the library once, and [`Library::link`] scans the identifiers of one kernel and puts the reachable items in front.
//!
//! ```
//! use anygpu_kernels::link::Library;
//!
//! let library = Library::new(&[("square.wgsl", "fn square(x: u32) -> u32 { return x * x; } fn unused() {}")])?;
//! let linked = library.link("fn kernel() -> u32 { return square(3u); }")?;
//! assert!(linked.contains("fn square") && !linked.contains("unused"));
//! # Ok::<(), anygpu_kernels::error::KernelError>(())
//! ```
//!
//! The scan knows no scopes: a local variable that carries a library function's name pulls that function in. This costs
//! a few lines of WGSL and is never wrong, since the inner declaration shadows the outer one.

use naga::{FastHashMap, FastHashSet};

use crate::error::KernelError;
use crate::lexer::{Lexer, Token, TokenKind};

/// One top-level declaration of the library.
#[derive(Debug)]
struct Item {
    /// Which of the given files it came from.
    file: usize,
    /// Its text, attributes included, comments left out.
    text: String,
    /// The items it names, itself excluded.
    references: Vec<u32>,
}

/// An indexed set of WGSL files; see the [module documentation](self).
#[derive(Debug)]
pub struct Library {
    items: Vec<Item>,
    names: FastHashMap<String, u32>,
}

impl Library {
    /// Indexes `(file name, WGSL text)` pairs that hold only `fn`, `const`, `struct` and `alias` items.
    ///
    /// # Errors
    /// [`KernelError::Link`] naming file and line, for any other item, an unbalanced bracket or comment, and for a name
    /// that is declared twice (naming both files).
    pub fn new(files: &[(&str, &str)]) -> Result<Self, KernelError> {
        let mut items = Vec::new();
        let mut names: FastHashMap<String, u32> = FastHashMap::default();
        let mut identifiers = Vec::new();
        for (file, (file_name, text)) in files.iter().enumerate() {
            for declaration in declarations(file_name, text)? {
                let index = items.len() as u32;
                if let Some(earlier) = names.insert(declaration.name.to_owned(), index) {
                    let earlier: &Item = &items[earlier as usize];
                    return Err(KernelError::Link(format!(
                        "`{}` is declared in {} and again in {}; give the library one of the two files, or rename one",
                        declaration.name,
                        files[earlier.file].0,
                        place(file_name, text, declaration.start),
                    )));
                }
                items.push(Item { file, text: declaration.text, references: Vec::new() });
                identifiers.push(declaration.identifiers);
            }
        }
        for (index, mentioned) in identifiers.iter().enumerate() {
            let mut references: Vec<u32> =
                mentioned.iter().filter_map(|name| names.get(*name).copied()).filter(|&i| i as usize != index).collect();
            references.sort_unstable();
            references.dedup();
            items[index].references = references;
        }
        Ok(Library { items, names })
    }

    /// True if the library declares `name`.
    pub fn contains(&self, name: &str) -> bool {
        self.names.contains_key(name)
    }

    /// The declared names, in no particular order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// `source` preceded by the library items that it needs, in the order of the library's files.
    ///
    /// An item whose name `source` declares itself is left out: the kernel's own declaration wins, for the library's
    /// functions too. Names declared in neither are left for naga to resolve (built-ins) or to refuse. `enable`,
    /// `requires` and `diagnostic` directives stay first, where WGSL wants them.
    ///
    /// # Errors
    /// [`KernelError::Link`] for an unterminated comment or unbalanced brackets in `source`.
    pub fn link(&self, source: &str) -> Result<String, KernelError> {
        let outline = Outline::of(source)?;
        let mut needed = vec![false; self.items.len()];
        let mut pending = Vec::new();
        let own: FastHashSet<u32> = outline.declared.iter().filter_map(|name| self.names.get(*name).copied()).collect();
        let mut need = |index: u32, pending: &mut Vec<u32>| {
            if !needed[index as usize] && !own.contains(&index) {
                needed[index as usize] = true;
                pending.push(index);
            }
        };
        for name in &outline.mentioned {
            if let Some(&index) = self.names.get(*name) {
                need(index, &mut pending);
            }
        }
        while let Some(index) = pending.pop() {
            for &reference in &self.items[index as usize].references {
                need(reference, &mut pending);
            }
        }

        let (directives, rest) = source.split_at(outline.directives_end);
        let chosen = || self.items.iter().zip(&needed).filter(|(_, needed)| **needed).map(|(item, _)| item);
        let length = source.len() + chosen().map(|item| item.text.len() + 1).sum::<usize>() + 1;
        let mut linked = String::with_capacity(length);
        linked.push_str(directives);
        if !directives.is_empty() {
            linked.push('\n');
        }
        for item in chosen() {
            linked.push_str(&item.text);
            linked.push('\n');
        }
        linked.push_str(rest);
        Ok(linked)
    }
}

/// `file:line` of a byte offset.
fn place(file_name: &str, text: &str, offset: usize) -> String {
    format!("{file_name}:{}", text[..offset].matches('\n').count() + 1)
}

/// A top-level declaration as found in its file.
struct Declaration<'a> {
    name: &'a str,
    start: usize,
    text: String,
    identifiers: Vec<&'a str>,
}

/// Splits one library file into its declarations.
fn declarations<'a>(file_name: &str, text: &'a str) -> Result<Vec<Declaration<'a>>, KernelError> {
    let error = |offset: usize, message: String| Err(KernelError::Link(format!("{}: {message}", place(file_name, text, offset))));
    let mut lexer = Lexer::new(text);
    let tokens: Vec<Token> = lexer.by_ref().collect();
    if let Some(start) = lexer.unterminated() {
        return error(start, "the block comment that starts here is never closed".to_owned());
    }

    let word = |token: &Token| &text[token.start..token.end];
    let mut found = Vec::new();
    let mut next = 0;
    while next < tokens.len() {
        let first = next;
        if tokens[first].kind == TokenKind::Punctuation(b';') {
            next += 1;
            continue;
        }
        next = after_attributes(&tokens, next);
        let Some(keyword) = tokens.get(next) else {
            return error(tokens[first].start, "an attribute stands before no declaration".to_owned());
        };
        let closing = match word(keyword) {
            "fn" | "struct" => b'}',
            "const" | "alias" => b';',
            other => {
                return error(
                    keyword.start,
                    format!("found `{other}`, but a library file holds only `fn`, `const`, `struct` and `alias` items"),
                );
            }
        };
        let name = match tokens.get(next + 1) {
            Some(token) if token.kind == TokenKind::Identifier => word(token),
            _ => {
                return error(keyword.start, format!("expected a name after `{}`", word(keyword)));
            }
        };
        let Some(last) = end_of_declaration(&tokens, next, closing) else {
            return error(keyword.start, format!("`{name}` is never closed: expected `{}`", closing as char));
        };
        let item = &tokens[first..=last];
        let identifiers = item.iter().filter(|token| token.kind == TokenKind::Identifier).map(word).collect::<FastHashSet<_>>();
        found.push(Declaration {
            name,
            start: keyword.start,
            text: without_comments(text, item),
            identifiers: identifiers.into_iter().collect(),
        });
        next = last + 1;
    }
    Ok(found)
}

/// The index of the first token after the attributes (`@name`, `@name(...)`) that start at `next`.
fn after_attributes(tokens: &[Token], mut next: usize) -> usize {
    let punctuation = |index: usize| match tokens.get(index).map(|token| token.kind) {
        Some(TokenKind::Punctuation(byte)) => byte,
        _ => 0,
    };
    while punctuation(next) == b'@' {
        next += 2;
        if punctuation(next) == b'(' {
            let mut depth = 0;
            while next < tokens.len() {
                match punctuation(next) {
                    b'(' => depth += 1,
                    b')' => depth -= 1,
                    _ => {}
                }
                next += 1;
                if depth == 0 {
                    break;
                }
            }
        }
    }
    next
}

/// The index of the token that ends the declaration starting at `start`: `closing` outside every bracket.
fn end_of_declaration(tokens: &[Token], start: usize, closing: u8) -> Option<usize> {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(start) {
        let TokenKind::Punctuation(byte) = token.kind else {
            continue;
        };
        match byte {
            b'{' | b'(' | b'[' => depth += 1,
            b'}' | b')' | b']' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if byte == closing && depth == 0 {
            return Some(index);
        }
    }
    None
}

/// The text of `tokens` as it was written, comments and blank lines left out: naga need not read those again.
fn without_comments(text: &str, tokens: &[Token]) -> String {
    let mut output = String::with_capacity(tokens.last().map_or(0, |last| last.end - tokens[0].start));
    let mut previous: Option<usize> = None;
    for token in tokens {
        if let Some(end) = previous {
            let gap = &text[end..token.start];
            match gap.rfind('\n') {
                Some(newline) if gap[newline..].contains('/') => output.push('\n'),
                Some(newline) => output.push_str(&gap[newline..]),
                None if gap.contains('/') => output.push(' '),
                None => output.push_str(gap),
            }
        }
        output.push_str(&text[token.start..token.end]);
        previous = Some(token.end);
    }
    output
}

/// What the linker needs to know of a kernel.
struct Outline<'a> {
    /// Names that the kernel declares at module scope.
    declared: Vec<&'a str>,
    /// Every identifier in it, keywords and locals too.
    mentioned: FastHashSet<&'a str>,
    /// Where its leading directives end.
    directives_end: usize,
}

impl<'a> Outline<'a> {
    fn of(source: &'a str) -> Result<Self, KernelError> {
        let mut outline = Outline { declared: Vec::new(), mentioned: FastHashSet::default(), directives_end: 0 };
        let mut lexer = Lexer::new(source);
        let mut depth = 0usize;
        // The last token was a declaring keyword, or stood in the `<...>` after `var`.
        let mut expects_name = false;
        let mut in_template = false;
        let mut in_directives = true;
        let mut starts_statement = true;
        for token in lexer.by_ref() {
            match token.kind {
                TokenKind::Identifier => {
                    let word = &source[token.start..token.end];
                    outline.mentioned.insert(word);
                    if expects_name && !in_template {
                        outline.declared.push(word);
                        expects_name = false;
                    } else if depth == 0 && !in_template && matches!(word, "fn" | "const" | "struct" | "alias" | "var" | "override") {
                        expects_name = true;
                    }
                    if starts_statement && in_directives {
                        in_directives = matches!(word, "enable" | "requires" | "diagnostic");
                    }
                    starts_statement = false;
                }
                TokenKind::Punctuation(byte) => {
                    match byte {
                        b'{' | b'(' | b'[' => depth += 1,
                        b'}' | b')' | b']' => {
                            depth = depth.checked_sub(1).ok_or_else(|| {
                                let place = place("kernel", source, token.start);
                                KernelError::Link(format!("{place}: `{}` closes nothing", byte as char))
                            })?;
                        }
                        b'<' if expects_name => in_template = true,
                        b'>' => in_template = false,
                        b';' if in_directives && !starts_statement => outline.directives_end = token.end,
                        _ => {}
                    }
                    in_directives &= byte != b'@';
                    starts_statement = byte == b';';
                }
                TokenKind::Qualified | TokenKind::Number => starts_statement = false,
            }
        }
        if let Some(start) = lexer.unterminated() {
            let place = place("kernel", source, start);
            return Err(KernelError::Link(format!("{place}: the block comment that starts here is never closed")));
        }
        if depth != 0 {
            return Err(KernelError::Link(format!("kernel: {depth} brackets are never closed")));
        }
        Ok(outline)
    }
}

#[cfg(test)]
mod tests;

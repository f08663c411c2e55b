//! The template preprocessor: conditional lines, imports and numbers, nothing else.
//!
//! | line | meaning |
//! |---|---|
//! | `#if NAME`, `#if !NAME` | keep the lines up to `#elif`, `#else` or `#endif` if the define is (not) true or non-zero |
//! | `#if NAME == VALUE`, `#if NAME != VALUE` | compare with an integer, `true`/`false` or a word |
//! | `#elif ...`, `#else`, `#endif` | as expected; conditions nest |
//! | `#unroll NAME COUNT` ... `#endunroll` | the lines between, COUNT times (a number or `${DEFINE}`), `${NAME}` in them being 0, 1, ... (drivers do not unroll naga's loops) |
//! | `#import "file"` | the file's text, once an expansion, itself preprocessed |
//! | `${NAME}` inside any other line | the decimal value of an integer define |
//!
//! Types and operations are chosen by `#if` and by linked functions, not by pasting words into the source: `${NAME}` takes
//! integers only. A name that is not defined is an error wherever it decides something.

pub use crate::defines::{Define, Defines};
use crate::error::KernelError;

/// Expands the template `text`, called `name` in messages; `imports` are the files that `#import` can name.
///
/// # Errors
/// [`KernelError::Preprocess`] with `name:line` for an unknown directive, define or file, a condition that does not parse,
/// a define of the wrong kind, or an `#if` without `#endif`.
pub fn preprocess(name: &str, text: &str, imports: &[(&str, &str)], defines: &Defines) -> Result<String, KernelError> {
    let text = &unroll(name, text, defines)?;
    let mut expansion = Expansion { imports, defines, imported: Vec::new(), output: String::with_capacity(text.len()) };
    expansion.expand(name, text)?;
    Ok(expansion.output)
}

/// Replaces each `#unroll NAME COUNT` block by COUNT copies of its lines.
fn unroll(name: &str, text: &str, defines: &Defines) -> Result<String, KernelError> {
    let mut output = String::with_capacity(text.len());
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let fail = |message: &str| KernelError::Preprocess(format!("{name}:{}: {message}", index + 1));
        let Some(argument) = line.trim().strip_prefix("#unroll ") else {
            output.push_str(line);
            output.push('\n');
            continue;
        };
        let (counter, count) = argument.trim().split_once(' ').ok_or_else(|| fail("expected `#unroll NAME COUNT`"))?;
        let count = count.trim();
        let named = count.strip_prefix("${").and_then(|c| c.strip_suffix('}'));
        let count: u32 = match named.and_then(|n| defines.get(n)) {
            Some(Define::Integer(count)) => u32::try_from(count).ok(),
            _ => count.parse().ok(),
        }
        .ok_or_else(|| fail("the count of `#unroll` is neither a number nor an integer define"))?;
        let mut body = String::new();
        loop {
            let (_, line) = lines.next().ok_or_else(|| fail("this `#unroll` has no `#endunroll`"))?;
            match line.trim() {
                "#endunroll" => break,
                nested if nested.starts_with("#unroll") => {
                    return Err(fail("`#unroll` blocks do not nest"));
                }
                _ => {
                    body.push_str(line);
                    body.push('\n');
                }
            }
        }
        let placeholder = format!("${{{counter}}}");
        for k in 0..count {
            output.push_str(&body.replace(&placeholder, &k.to_string()));
        }
    }
    Ok(output)
}

/// One open `#if`.
struct Branch {
    line: usize,
    /// The lines around the `#if` are kept.
    outer: bool,
    /// The current branch's lines are kept.
    keeps: bool,
    /// Some branch so far was true.
    taken: bool,
    /// `#else` was seen.
    last: bool,
}

struct Expansion<'a> {
    imports: &'a [(&'a str, &'a str)],
    defines: &'a Defines,
    imported: Vec<&'a str>,
    output: String,
}

impl Expansion<'_> {
    fn expand(&mut self, name: &str, text: &str) -> Result<(), KernelError> {
        let mut branches: Vec<Branch> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let fail = |message: String| KernelError::Preprocess(format!("{name}:{}: {message}", index + 1));
            let keeps = branches.last().is_none_or(|branch| branch.keeps);
            let Some(directive) = line.trim().strip_prefix('#') else {
                if keeps {
                    self.substitute(line).map_err(fail)?;
                }
                continue;
            };
            let (keyword, argument) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
            let argument = argument.split_once("//").map_or(argument, |(before, _comment)| before).trim();
            match keyword {
                "if" => {
                    let keeps_branch = keeps && self.condition(argument).map_err(fail)?;
                    branches.push(Branch { line: index + 1, outer: keeps, keeps: keeps_branch, taken: keeps_branch, last: false });
                }
                "elif" | "else" => {
                    let is_else = keyword == "else";
                    let branch = branches.last_mut().ok_or_else(|| fail(format!("`#{keyword}` without `#if`")))?;
                    if branch.last {
                        return Err(fail(format!("`#{keyword}` after `#else`")));
                    }
                    branch.last = is_else;
                    branch.keeps = branch.outer && !branch.taken && (is_else || self.condition(argument).map_err(fail)?);
                    branch.taken |= branch.keeps;
                }
                "endif" => {
                    branches.pop().ok_or_else(|| fail("`#endif` without `#if`".to_owned()))?;
                }
                "import" if !keeps => {}
                "import" => self.import(argument).map_err(|error| match error {
                    ImportError::Here(message) => fail(message),
                    ImportError::Inside(error) => error,
                })?,
                _ => {
                    return Err(fail(format!("unknown directive `#{keyword}`; there are #if, #elif, #else, #endif, #unroll and #import")));
                }
            }
        }
        match branches.pop() {
            Some(branch) => Err(KernelError::Preprocess(format!("{name}:{}: this `#if` has no `#endif`", branch.line))),
            None => Ok(()),
        }
    }

    fn import(&mut self, argument: &str) -> Result<(), ImportError> {
        let file = argument
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .ok_or_else(|| ImportError::Here(format!("expected `#import \"file\"`, found `#import {argument}`")))?;
        let imports = self.imports;
        let &(name, text) = imports.iter().find(|(name, _)| *name == file).ok_or_else(|| {
            let known: Vec<&str> = imports.iter().map(|(name, _)| *name).collect();
            ImportError::Here(format!("there is no file \"{file}\" to import; there are: {}", known.join(", ")))
        })?;
        // WGSL refuses a second declaration of a name, so a file that two others import is taken once.
        if !self.imported.contains(&name) {
            self.imported.push(name);
            self.expand(name, text).map_err(ImportError::Inside)?;
        }
        Ok(())
    }

    fn lookup(&self, name: &str) -> Result<Define, String> {
        self.defines.get(name).ok_or_else(|| format!("`{name}` is not defined; defined are: {}", self.defines))
    }

    fn condition(&self, text: &str) -> Result<bool, String> {
        for (operator, equal) in [("==", true), ("!=", false)] {
            if let Some((name, value)) = text.split_once(operator) {
                let (name, value) = (name.trim(), value.trim());
                let defined = self.lookup(name)?;
                let matches = match defined {
                    Define::Integer(number) => value.parse().map(|value: i64| value == number).ok(),
                    Define::Bool(flag) => value.parse().map(|value: bool| value == flag).ok(),
                    Define::Name(word) => is_word(value).then_some(value == word),
                };
                let matches = matches.ok_or_else(|| format!("`{name}` is {} and cannot be compared with `{value}`", defined))?;
                return Ok(matches == equal);
            }
        }
        let (name, expected) = text.strip_prefix('!').map_or((text, true), |name| (name.trim(), false));
        if !is_word(name) {
            return Err(format!("expected `NAME`, `!NAME`, `NAME == VALUE` or `NAME != VALUE`, found `{text}`"));
        }
        match self.lookup(name)? {
            Define::Integer(number) => Ok((number != 0) == expected),
            Define::Bool(flag) => Ok(flag == expected),
            Define::Name(word) => Err(format!("`{name}` is the word `{word}`, not a switch; compare it with `==`")),
        }
    }

    fn substitute(&mut self, line: &str) -> Result<(), String> {
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or("`${` without `}`")?;
            let Define::Integer(number) = self.lookup(name)? else {
                return Err(format!("`${{{name}}}` takes an integer; choose between words and switches with `#if`"));
            };
            self.output.push_str(before);
            self.output.push_str(&number.to_string());
            rest = after;
        }
        self.output.push_str(rest);
        self.output.push('\n');
        Ok(())
    }
}

/// Where an `#import` failed: on its own line, or in the file it names.
enum ImportError {
    Here(String),
    Inside(KernelError),
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests;

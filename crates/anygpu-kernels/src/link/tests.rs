use super::*;

const SCALARS: (&str, &str) = (
    "scalars.wgsl",
    "// fn commented() {}\n\
     /* /* nested */ fn also_commented() {} */\n\
     const TABLE: array<u32, 2> = array<u32, 2>(1u, 2u); // trailing\n\
     alias Word = u32;\n\
     struct Pair { low: Word, high: Word, };\n\
     @must_use fn first(p: Pair) -> Word { /* why */ return p.low + TABLE[0]; }\n\
     fn second(p: Pair) -> Word {\n    // a line comment }\n    return first(p) + guard();\n}\n\
     fn first_of_none() -> u32 { return 1u; }\n",
);

fn library() -> Library {
    Library::new(&[SCALARS, ("more.wgsl", "fn third() -> u32 { return first_of_none(); }")]).unwrap()
}

#[test]
fn closure_is_pulled_in_in_definition_order_without_comments() {
    let linked = library().link("fn main() { _ = second(Pair(1u, 2u)); }").unwrap();
    assert_eq!(
        linked,
        "const TABLE: array<u32, 2> = array<u32, 2>(1u, 2u);\n\
         alias Word = u32;\n\
         struct Pair { low: Word, high: Word, }\n\
         @must_use fn first(p: Pair) -> Word { return p.low + TABLE[0]; }\n\
         fn second(p: Pair) -> Word {\n    return first(p) + guard();\n}\n\
         fn main() { _ = second(Pair(1u, 2u)); }"
    );
}

#[test]
fn nothing_named_pulls_nothing_in() {
    let source = "fn main() { let x = y.second; /* third() */ } // first";
    assert_eq!(library().link(source).unwrap(), source);
}

#[test]
fn own_declaration_wins_for_library_functions_too() {
    let linked = library().link("fn first_of_none() -> u32 { return 7u; } fn main() { _ = third(); }").unwrap();
    assert_eq!(linked.matches("fn first_of_none").count(), 1);
    assert!(linked.contains("fn third"));
    let linked = library().link("var<workgroup> TABLE: array<u32, 2>;\nfn main() { _ = first(p); }").unwrap();
    assert!(!linked.contains("const TABLE"));
}

#[test]
fn local_of_a_library_name_does_not_hide_it_from_others() {
    let linked = library().link("fn main() { var third = 1u; } fn other() { _ = third(); }").unwrap();
    assert!(linked.contains("fn third"));
}

#[test]
fn directives_stay_first() {
    let linked = library().link("// header\nenable f16;\nrequires x, y;\n@compute fn main() { third(); }").unwrap();
    let directives = linked.find("requires x, y;").unwrap();
    assert!(linked.find("enable f16;").unwrap() < directives);
    assert!(directives < linked.find("fn third").unwrap());
    let linked = library().link("const x = 1;\nfn main() { third(); }").unwrap();
    assert!(linked.starts_with("fn first_of_none"));
}

#[test]
fn duplicate_name_names_both_files() {
    let error = Library::new(&[SCALARS, ("other.wgsl", "\n\nfn second() {}")]).unwrap_err().to_string();
    assert!(error.contains("`second`") && error.contains("scalars.wgsl") && error.contains("other.wgsl:3"), "{error}");
}

#[test]
fn malformed_library_is_refused_with_file_and_line() {
    for (text, expected) in [
        ("\nvar<private> x: u32;", "a.wgsl:2: found `var`"),
        ("fn f() { if true { }", "a.wgsl:1: `f` is never closed"),
        ("fn f() { ) }", "a.wgsl:1: `f` is never closed"),
        ("\n\n/* open", "a.wgsl:3: the block comment"),
        ("@must_use", "a.wgsl:1: an attribute"),
        ("const", "a.wgsl:1: expected a name"),
    ] {
        let error = Library::new(&[("a.wgsl", text)]).unwrap_err().to_string();
        assert!(error.contains(expected), "{text:?}: {error}");
    }
}

#[test]
fn unbalanced_kernel_is_refused() {
    for source in ["fn main() {", "fn main() }", "/*"] {
        assert!(matches!(library().link(source), Err(KernelError::Link(_))), "{source}");
    }
}

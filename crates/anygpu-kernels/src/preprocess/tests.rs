use super::*;

const IMPORTS: &[(&str, &str)] = &[
    ("grid.wgsl", "#import \"index.wgsl\"\nfn grid() {}"),
    ("index.wgsl", "#if WIDE\nfn wide() {}\n#endif"),
    ("broken.wgsl", "\n#if NOWHERE\n#endif"),
    ("cycle.wgsl", "#import \"cycle.wgsl\"\nfn cycle() {}"),
];

fn defines() -> Defines {
    Defines::new().with("TILE", 16).with("WIDE", true).with("OFF", false).with("TYPE", "f32").with("NONE", 0)
}

fn expand(text: &str) -> Result<String, String> {
    preprocess("t.wgsl", text, IMPORTS, &defines()).map_err(|error| error.to_string())
}

#[test]
fn conditions_choose_lines() {
    for (condition, expected) in [
        ("WIDE", true),
        ("!WIDE", false),
        ("OFF", false),
        ("! OFF", true),
        ("TILE", true),
        ("NONE", false),
        ("TILE == 16", true),
        ("TILE==8", false),
        ("TILE != 8", true),
        ("TYPE == f32", true),
        ("TYPE == i32 // comment", false),
        ("TYPE != i32", true),
        ("WIDE == true", true),
        ("OFF != false", false),
    ] {
        let text = format!("#if {condition}\nyes\n#else\nno\n#endif\n");
        assert_eq!(expand(&text).unwrap(), if expected { "yes\n" } else { "no\n" }, "{condition}");
    }
}

#[test]
fn first_true_branch_of_elif_is_kept() {
    let text = "#if TILE == 8\na\n#elif TILE == 16\nb\n#elif WIDE\nc\n#else\nd\n#endif\ne";
    assert_eq!(expand(text).unwrap(), "b\ne\n");
}

#[test]
fn branches_not_taken_are_not_looked_at() {
    let text = "#if OFF\n#if NOWHERE\n${NOWHERE}\n#import \"no\"\n#elif NOWHERE\n#else\nx\n#endif\n#endif\n\
                #if WIDE\ny\n#elif NOWHERE\n#endif";
    assert_eq!(expand(text).unwrap(), "y\n");
}

#[test]
fn integers_are_substituted() {
    assert_eq!(expand("array<f32, ${TILE}>(${TILE}u, ${NONE})").unwrap(), "array<f32, 16>(16u, 0)\n");
}

#[test]
fn imports_are_taken_once_and_preprocessed() {
    let text = "#import \"grid.wgsl\"\n#import \"index.wgsl\"\n#import \"cycle.wgsl\"\nfn main() {}";
    assert_eq!(expand(text).unwrap(), "fn wide() {}\nfn grid() {}\nfn cycle() {}\nfn main() {}\n");
}

#[test]
fn errors_name_file_and_line() {
    for (text, expected) in [
        ("\n#if NOWHERE\n#endif", "t.wgsl:2: `NOWHERE` is not defined; defined are: NONE=0,OFF=false,"),
        ("${NOWHERE}", "t.wgsl:1: `NOWHERE` is not defined"),
        ("${TYPE}", "t.wgsl:1: `${TYPE}` takes an integer"),
        ("${WIDE}", "t.wgsl:1: `${WIDE}` takes an integer"),
        ("${TILE", "t.wgsl:1: `${` without `}`"),
        ("#if WIDE\n#if WIDE\n#endif", "t.wgsl:1: this `#if` has no `#endif`"),
        ("#endif", "t.wgsl:1: `#endif` without `#if`"),
        ("#else", "t.wgsl:1: `#else` without `#if`"),
        ("#if WIDE\n#else\n#else\n#endif", "t.wgsl:3: `#else` after `#else`"),
        ("#if TYPE\n#endif", "t.wgsl:1: `TYPE` is the word `f32`"),
        ("#if TILE == wide\n#endif", "t.wgsl:1: `TILE` is 16 and cannot be compared with `wide`"),
        ("#if TILE > 4\n#endif", "t.wgsl:1: expected `NAME`"),
        ("#if\n#endif", "t.wgsl:1: expected `NAME`"),
        ("#define X", "t.wgsl:1: unknown directive `#define`"),
        ("#import \"no.wgsl\"", "t.wgsl:1: there is no file \"no.wgsl\" to import; there are: grid.wgsl, "),
        ("#import grid.wgsl", "t.wgsl:1: expected `#import \"file\"`"),
        ("#import \"broken.wgsl\"", "broken.wgsl:2: `NOWHERE` is not defined"),
    ] {
        let error = expand(text).unwrap_err();
        assert!(error.contains(expected), "{text:?}: {error}");
    }
}

//! Promotion, casting and Python scalars, line by line against what NumPy answered (tests/data/make_promotion_table.py).

use anygpu_core::{Casting, DType, ErrorKind, Scalar, ScalarKind, can_cast, promote_types, result_type};

const TABLE: &str = include_str!("data/numpy_promotion.txt");

fn lines(wanted: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    TABLE.lines().map(|line| line.split(' ').collect::<Vec<_>>()).filter(move |fields| fields[0] == wanted)
}

fn dtype(name: &str) -> DType {
    DType::from_name(name).unwrap_or_else(|| panic!("no dtype {name}"))
}

fn scalar_kind(name: &str) -> ScalarKind {
    match name {
        "bool" => ScalarKind::Bool,
        "int" => ScalarKind::Int,
        "float" => ScalarKind::Float,
        "complex" => ScalarKind::Complex,
        other => panic!("no scalar kind {other}"),
    }
}

fn list<T>(field: &str, parse: fn(&str) -> T) -> Vec<T> {
    if field == "-" { Vec::new() } else { field.split(',').map(parse).collect() }
}

/// C's and Python's `-0x1.8p+3`.
fn hex_float(text: &str) -> f64 {
    match text {
        "inf" => return f64::INFINITY,
        "-inf" => return f64::NEG_INFINITY,
        _ => {}
    }
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (mantissa, exponent) = digits.strip_prefix("0x").unwrap().split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let significand = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap() as f64;
    let exponent = exponent.parse::<i32>().unwrap() - 4 * fraction.len() as i32;
    // Two exact steps: 2^exponent alone may be below the subnormals.
    let half = exponent / 2;
    let magnitude = significand * 2f64.powi(half) * 2f64.powi(exponent - half);
    if negative { -magnitude } else { magnitude }
}

fn scalar(text: &str) -> Scalar {
    let (kind, value) = text.split_once(':').unwrap();
    match scalar_kind(kind) {
        ScalarKind::Bool => Scalar::Bool(value == "1"),
        ScalarKind::Int => Scalar::Int(value.parse().unwrap()),
        ScalarKind::Float => Scalar::Float(hex_float(value)),
        ScalarKind::Complex => {
            let (re, im) = value.split_once(',').unwrap();
            Scalar::Complex(hex_float(re), hex_float(im))
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn promote_types_of_every_pair() {
    let mut pairs = 0;
    for line in lines("promote") {
        assert_eq!(promote_types(dtype(line[1]), dtype(line[2])), dtype(line[3]), "{line:?}");
        pairs += 1;
    }
    assert_eq!(pairs, 14 * 14);
}

#[test]
fn can_cast_of_every_pair_and_casting() {
    let mut pairs = 0;
    for line in lines("cast") {
        let bits: String =
            Casting::ALL.into_iter().map(|casting| if can_cast(dtype(line[1]), dtype(line[2]), casting) { '1' } else { '0' }).collect();
        assert_eq!(bits, line[3], "{line:?}");
        pairs += 1;
    }
    assert_eq!(pairs, 14 * 14);
}

#[test]
fn result_type_of_every_pair_with_every_set_of_python_scalars() {
    let mut cases = 0;
    for line in lines("result") {
        let mut dtypes = list(line[1], dtype);
        let mut scalars = list(line[2], scalar_kind);
        for _ in 0..3 {
            assert_eq!(result_type(&dtypes, &scalars), dtype(line[3]), "{line:?} as {dtypes:?}");
            let by = dtypes.len().min(1);
            dtypes.rotate_left(by);
            scalars.reverse();
        }
        cases += 1;
    }
    // 15 sets alone, 14 dtypes and 91 pairs with 16 sets, 364 triples.
    assert_eq!(cases, 15 + 14 * 16 + 91 * 16 + 364);
}

#[test]
fn python_scalars_convert_as_numpy_converts_them() {
    let mut cases = 0;
    for line in lines("python") {
        let answer = match scalar(line[2]).to_bytes(dtype(line[1])) {
            Ok(bytes) => hex(&bytes),
            Err(error) => match error.kind() {
                ErrorKind::Overflow => "OverflowError".into(),
                ErrorKind::Type => "TypeError".into(),
                ErrorKind::Value => "ValueError".into(),
                other => panic!("{other:?} for {line:?}"),
            },
        };
        assert_eq!(answer, line[3], "{line:?}");
        cases += 1;
    }
    assert!(cases > 1000);
}

#[test]
fn casts_of_scalars_are_astype() {
    let mut cases = 0;
    for line in lines("astype") {
        assert_eq!(hex(&scalar(line[2]).cast_to_bytes(dtype(line[1]))), line[3], "{line:?}");
        cases += 1;
    }
    assert!(cases > 1000);
}

#[test]
fn nan_is_refused_by_integers_and_kept_by_floats() {
    let nan = Scalar::Float(f64::NAN);
    assert_eq!(nan.to_bytes(DType::I8).unwrap_err().to_string(), "cannot convert float NaN to integer");
    assert_eq!(nan.to_bytes(DType::F16).unwrap().as_slice(), &0x7e00u16.to_ne_bytes());
    assert_eq!(nan.to_bytes(DType::Bool).unwrap().as_slice(), &[1]);
    assert_eq!(nan.cast_to_bytes(DType::I32).as_slice(), &i32::MIN.to_ne_bytes());
    assert_eq!(nan.cast_to_bytes(DType::U64).as_slice(), &(1u64 << 63).to_ne_bytes());
}

#[test]
fn values_of_every_dtype_survive_the_round_trip_through_bytes() {
    for line in lines("python").filter(|line| !line[3].ends_with("Error")) {
        let dtype = dtype(line[1]);
        let bytes = scalar(line[2]).to_bytes(dtype).unwrap();
        let read = Scalar::from_bytes(dtype, &bytes).unwrap();
        assert_eq!(read.cast_to_bytes(dtype), bytes, "{line:?}");
        assert!(Scalar::from_bytes(dtype, &[0; 17]).is_err());
    }
}

//! Text for messages: byte counts, and shapes as Python and as NumPy's errors print them.

use std::fmt::Display;

/// A byte count a person can read and a program can trust: `1.50 GiB (1610612736 bytes)`; below 1 KiB only `12 bytes`.
///
/// ```
/// assert_eq!(anygpu_core::human_bytes(1_610_612_736), "1.50 GiB (1610612736 bytes)");
/// assert_eq!(anygpu_core::human_bytes(12), "12 bytes");
/// ```
pub fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1024 {
        return if bytes == 1 { "1 byte".into() } else { format!("{bytes} bytes") };
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    // 1023.995 would print as "1024.00" of the smaller unit.
    while value >= 1023.995 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    format!("{value:.2} {} ({bytes} bytes)", UNITS[unit])
}

/// A tuple as Python prints it: `()`, `(3,)`, `(2, 3)`.
pub fn python_tuple<T: Display>(items: &[T]) -> String {
    tuple(items, ", ")
}

/// A shape as NumPy's error messages print it, without spaces: `()`, `(3,)`, `(2,3)`.
pub fn numpy_shape<T: Display>(shape: &[T]) -> String {
    tuple(shape, ",")
}

fn tuple<T: Display>(items: &[T], separator: &str) -> String {
    match items {
        [one] => format!("({one},)"),
        _ => format!("({})", items.iter().map(T::to_string).collect::<Vec<_>>().join(separator)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_counts_pick_the_unit_that_stays_below_1024() {
        assert_eq!(human_bytes(0), "0 bytes");
        assert_eq!(human_bytes(1), "1 byte");
        assert_eq!(human_bytes(1023), "1023 bytes");
        assert_eq!(human_bytes(1024), "1.00 KiB (1024 bytes)");
        assert_eq!(human_bytes((1 << 20) - 1), "1.00 MiB (1048575 bytes)");
        assert_eq!(human_bytes(u64::MAX), "16.00 EiB (18446744073709551615 bytes)");
    }

    #[test]
    fn tuples_print_as_python_and_numpy_do() {
        assert_eq!(python_tuple::<usize>(&[]), "()");
        assert_eq!(python_tuple(&[3]), "(3,)");
        assert_eq!(python_tuple(&[2, 3]), "(2, 3)");
        assert_eq!(numpy_shape(&[2, 3]), "(2,3)");
    }
}

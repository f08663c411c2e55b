"""The float64 functions in native doubles, measured on the CPU: no GPU of the table in adapter.rs is needed, and a million points take seconds.

    python scripts/native_float64.py [--points 100000] [--only exp,power]

Translates the WGSL of `shaders/math/float64_native_*.wgsl`, and what it calls, to C++ line by line (the two differ in little but declarations, and a CPU
fuses `fma` as IEEE 754 says), compiles it with g++, and compares with libquadmath's functions of 113 bits. Prints the largest error in ULP
for normal and for subnormal results; exits with an error where one is above 1, or where an infinity, NaN or zero is not where it belongs.
"""

import argparse
import ctypes
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

SHADERS = pathlib.Path(__file__).parents[1] / "shaders" / "math"
FILES = ["float64", "float64_scaled", "float64_trigonometric"]
FILES += [f"float64_native_{name}" for name in ("exponential", "hyperbolic", "logarithm", "trigonometric", "power")]
#: What is called of float64_native.wgsl, and functions that unused ones of float64_scaled.wgsl name.
CALLED = ["nan_f64", "infinity_f64", "signbit_f64", "isnan_f64", "copysign_f64", "exponent_field_f64", "power_of_two_f64", "rint_f64"]
UNUSED = ["exp_scaled64", "log_ratio_scaled64"]
UNARY = ["exp", "exp2", "exp10", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh"]

PRELUDE = """
#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>
#include <cstdint>
#include <quadmath.h>
using u32 = uint32_t; using i32 = int32_t; using u64 = uint64_t; using f32 = float; using std::abs; using std::max; using std::min;
template<class T> struct vec2 { T x, y; };
template<class T> struct vec3 { T x, y, z; vec2<T> yz() const { return {y, z}; } };
template<class T> struct vec4 {
    T x, y, z, w;
    vec4(T a, T b, T c, T d) : x(a), y(b), z(c), w(d) {}
    explicit vec4(T a) : x(a), y(a), z(a), w(a) {}
    vec4(vec2<T> a, vec2<T> b) : x(a.x), y(a.y), z(b.x), w(b.y) {}
    vec4(vec2<T> a, T c, T d) : x(a.x), y(a.y), z(c), w(d) {}
    vec4(T a, vec2<T> b, T d) : x(a), y(b.x), z(b.y), w(d) {}
    vec4(vec3<T> a, T d) : x(a.x), y(a.y), z(a.z), w(d) {}
    vec2<T> xy() const { return {x, y}; }
    vec2<T> zw() const { return {z, w}; }
    vec3<T> xyz() const { return {x, y, z}; }
    vec3<T> yzw() const { return {y, z, w}; }
};
#define LANES(op) static vec4<u32> operator op(vec4<u32> a, vec4<u32> b) { return {a.x op b.x, a.y op b.y, a.z op b.z, a.w op b.w}; } \\
    static vec2<u32> operator op(vec2<u32> a, vec2<u32> b) { return {a.x op b.x, a.y op b.y}; }
LANES(<<) LANES(>>) LANES(|) LANES(-)
template<class T> vec2<T> make_vec2(T a, T b) { return {a, b}; }
template<class T> vec3<T> make_vec3(T a, T b, T c) { return {a, b, c}; }
template<class T> vec3<T> make_vec3(vec2<T> a, T c) { return {a.x, a.y, c}; }
template<class T> vec3<T> make_vec3(T a, vec2<T> b) { return {a, b.x, b.y}; }
static vec4<u32> operator~(vec4<u32> a) { return {~a.x, ~a.y, ~a.z, ~a.w}; }
static vec2<u32> operator~(vec2<u32> a) { return {~a.x, ~a.y}; }
template<class T> T select(T a, T b, bool c) { return c ? b : a; }
template<class T> T clamp(T a, T low, T high) { return min(max(a, low), high); }
template<class T, class S> T bitcast(S a) { return std::bit_cast<T>(a); }
static u32 countLeadingZeros(u32 a) { return std::countl_zero(a); }
static u32 to_u32(auto a) { return u32(a); }
static i32 to_i32(auto a) { return i32(a); }
static float to_f32(double a) { return float(a); }
static double to_f64(auto a) { return double(a); }
static double make_f64(u32 lo, u32 hi) { return std::bit_cast<double>((u64(hi) << 32) | lo); }
static u32 bits_lo_f64(double a) { return u32(std::bit_cast<u64>(a)); }
static u32 bits_hi_f64(double a) { return u32(std::bit_cast<u64>(a) >> 32); }
static bool isnan_f32(float a) { return std::isnan(a); }
"""

MEASURE = """
static double error(double got, __float128 exact) {
    if (isnanq(exact)) { return std::isnan(got) ? 0 : INFINITY; }
    if (fabsq(exact) >= DBL_MAX + ldexpq(1, 970)) { return std::isinf(got) && (got > 0) == (exact > 0) ? 0 : INFINITY; }
    if (!std::isfinite(got)) { return INFINITY; }
    if (exact == 0) { return got == 0 && std::signbit(got) == (signbitq(exact) != 0) ? 0 : INFINITY; }
    int exponent;
    frexpq(exact, &exponent);
    return double(fabsq(got - exact) * ldexpq(1, -max(exponent - 53, -1074)));
}
static __float128 exp10q(__float128 a) { return powq(10, a); }
#define UNARY(name) extern "C" void name##_errors(const double* a, const double*, double* results, double* errors, long n) \\
    { for (long i = 0; i < n; i++) { results[i] = name##_f64(a[i]); errors[i] = error(results[i], name##q(a[i])); } }
extern "C" void power_errors(const double* a, const double* b, double* results, double* errors, long n)
    { for (long i = 0; i < n; i++) { results[i] = pow_f64(a[i], b[i]); errors[i] = error(results[i], powq(a[i], b[i])); } }
"""


def type_name(wgsl):
    """A type in C++."""
    return re.sub(r"\b[Ff]64\b", "double", wgsl)


def parameters(wgsl, end):
    """`a: F64, b: i32` in C++, each with `end`."""
    return [f"{type_name(kind)} {name}{end}" for name, kind in re.findall(r"(\w+): ([\w<>]+)", wgsl)]


def translate(wgsl):
    """Items of WGSL in C++, and their declarations."""
    text = re.sub(r"//[^\n]*", "", wgsl)
    text = re.sub(r"struct (\w+) \{(.*?)\}", lambda m: f"struct {m[1]} {{ {' '.join(parameters(m[2], ';'))} }};", text, flags=re.S)
    head = re.compile(r"^fn (\w+)\((.*?)\) -> ([\w<>]+) \{", flags=re.S | re.M)
    text = head.sub(lambda m: f"static {type_name(m[3])} {m[1]}({', '.join(parameters(m[2], ''))}) {{", text)
    text = re.sub(r"\b(?:let|var) (\w+) =", r"auto \1 =", text)
    text = re.sub(r"^const (\w+) =", r"static const auto \1 =", text, flags=re.M)
    text = re.sub(r"\bvar (\w+): ([\w<>]+)", lambda m: f"{type_name(m[2])} {m[1]}", text)
    text = re.sub(r"\b(0x[0-9a-f.]+p-?\d+|\d+\.\d+)lf\b", r"\1", text)
    text = re.sub(r"\b(0x[0-9a-f]+|\d+)i\b", r"\1", text)
    text = re.sub(r"\.([xyzw]{2,3})\b", r".\1()", text)
    text = re.sub(r"\b([iuf]32|f64)\(", r"to_\1(", text)
    text = re.sub(r"vec([234])<f64>", r"vec\1<double>", text)
    # vec2<u32>(a, b) narrows in braces and has no constructor.
    return re.sub(r"\bvec([23])<(\w+)>\(", r"make_vec\1<\2>(", text)


def function(wgsl, name):
    """The text of one function."""
    return re.search(rf"^fn {name}\(.*?(?:\}}$|^\}})", wgsl, flags=re.M | re.S)[0] + "\n"


def program():
    """The whole C++ text."""
    native = (SHADERS / "float64_native.wgsl").read_text()
    wgsl = "".join(function(native, name) for name in CALLED)
    for name in FILES:
        wgsl += (SHADERS / f"{name}.wgsl").read_text()
    for name in UNUSED:
        wgsl = wgsl.replace(function(wgsl, name), "")
    text = translate(wgsl)
    # C++ wants declarations before uses: structures and constants first, then every function's head.
    first = re.findall(r"^(?:struct|static const auto) .*?;$", text, flags=re.M)
    for item in first:
        text = text.replace(item, "")
    heads = [head + ";" for head in re.findall(r"^(static [^{}=;]*?\))(?= \{)", text, flags=re.M)]
    checks = "".join(f"UNARY({name})\n" for name in UNARY)
    return "\n".join([PRELUDE, *first, *heads, text, MEASURE, checks])


def points(name, rng, n):
    """Arguments: where the function is used, numbers of every exponent, and where its method is at its worst."""
    wide = np.ldexp(rng.uniform(1, 2, n), rng.integers(-1075, 1024, n)) * rng.choice([-1, 1], n)
    small = np.ldexp(rng.uniform(1, 2, n), rng.integers(-60, 8, n)) * rng.choice([-1, 1], n)
    k = rng.integers(-1074, 1024, n)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 1.0, -1.0, 5e-324, -5e-324, 2.2250738585072014e-308, 1.7976931348623157e308])
    if name in ("sin", "cos", "tan"):
        turns = rng.integers(-600_000, 600_000, n) * (np.pi / 4) * (1 + rng.integers(-2, 3, n) * 2.0**-52)
        return [rng.uniform(-10, 10, n), rng.uniform(-(2**20), 2**20, n), turns, wide, small, special]
    if name.startswith("log"):
        values = [rng.uniform(0, 10, n), np.ldexp(np.sqrt(0.5) * (1 + rng.uniform(-1e-5, 1e-5, n)), k), 1 + rng.uniform(-0.01, 0.01, n)]
        return [*values, rng.uniform(-0.999, 1, n), np.abs(wide), small, special]
    base = {"exp2": 2.0, "exp10": 10.0}.get(name, np.e)
    halves = (k + 0.5) / np.log2(base) * (1 + rng.uniform(-1e-9, 1e-9, n)) / (2 if name == "tanh" else 1)
    return [rng.uniform(-3, 3, n), rng.uniform(-1080, 1080, n) / np.log2(base), rng.uniform(-22, 22, n), halves, wide, small, special]


def pairs(rng, n):
    """Bases and exponents: usual ones, and of results of every exponent bases of every exponent, near 1, and near the square root of 2."""
    wide = np.ldexp(rng.uniform(1, 2, n), rng.integers(-1074, 1024, n))
    edges = np.where(rng.random(n) < 0.5, np.sqrt(0.5) * (1 + rng.uniform(0, 1e-3, n)), np.sqrt(2) * (1 - rng.uniform(0, 1e-3, n)))
    near = 1 + rng.uniform(-0.9, 0.9, n) * 2.0 ** -rng.integers(1, 50, n)
    found = [(rng.uniform(0, 20, n), rng.uniform(-20, 20, n)), (-rng.uniform(0, 50, n), rng.integers(-100, 100, n).astype(float))]
    for base in (wide, edges, near, rng.uniform(0.7, 1.42, n)):
        base = np.where(base == 1, 1.5, base)
        found.append((base, rng.uniform(-745, 710, n) / np.log(base)))
    special = np.array([0.0, np.inf, np.nan, 1.0, 0.5, 2.0, 3.0, 2.5, 2.0**52 + 1, 2.0**53, 5e-324, 1.7976931348623157e308])
    special = np.concatenate([special, -special])
    return [*found, tuple(v.ravel().copy() for v in np.meshgrid(special, special))]


def main():
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=100_000, help="points of each kind a function")
    parser.add_argument("--only", default="", help="functions, with commas")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, binary = pathlib.Path(folder, "native_float64.cpp"), pathlib.Path(folder, "native_float64.so")
        source.write_text(program())
        flags = ["-std=gnu++20", "-O2", "-ffp-contract=off", "-march=native", "-w", "-shared", "-fPIC"]
        subprocess.run(["g++", *flags, str(source), "-o", str(binary), "-lquadmath"], check=True)
        functions = ctypes.CDLL(str(binary))
    broken = []
    print(f"{'function':10} {'points':>9} {'normal':>8} {'subnormal':>9}")
    for name in options.only.split(",") if options.only else [*UNARY, "power"]:
        rng = np.random.default_rng(7)
        kinds = pairs(rng, options.points) if name == "power" else [(a, a) for a in points(name, rng, options.points)]
        a, b = (np.ascontiguousarray(np.concatenate(operand)) for operand in zip(*kinds))
        results, errors = np.empty_like(a), np.empty_like(a)
        pointers = [v.ctypes.data_as(ctypes.c_void_p) for v in (a, b, results, errors)]
        getattr(functions, f"{name}_errors")(*pointers, ctypes.c_long(len(a)))
        normal = ~(np.abs(results) < np.finfo("float64").smallest_normal)
        worst = [float(np.max(errors[which], initial=0.0)) for which in (normal, ~normal)]
        print(f"{name:10} {len(a):9} {worst[0]:8.3f} {worst[1]:9.3f}")
        if max(worst) > 1:
            at = int(np.argmax(errors))
            broken.append(f"{name}({a[at].hex()}{', ' + b[at].hex() if name == 'power' else ''}) = {results[at].hex()}: {errors[at]:.3f} ULP")
    if broken:
        sys.exit("\n".join(broken))


if __name__ == "__main__":
    main()

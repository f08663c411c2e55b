"""Functions of Python's that no operation of the array library computes, in the language of kernels: what a call of them is compiled from.

`round` to digits is exact where the power of ten is, up to 22 digits: the product's rounding error decides what the product leaves undecided.
"""

import math

import numpy as np

#: The powers of ten that float64 holds exactly.
_TENS = np.array([10.0**k for k in range(23)])


def _product_error(a, b, product):
    """What a product lacks to the exact one, from products of halves (Dekker, "A floating-point technique for extending the available precision", 1971)."""
    scaled = 134217729.0 * a
    high_a = scaled - (scaled - a)
    low_a = a - high_a
    scaled = 134217729.0 * b
    high_b = scaled - (scaled - b)
    low_b = b - high_b
    return low_a * low_b - (((product - high_a * high_b) - low_a * high_b) - high_a * low_b)


def round_to_digits(x, digits):
    """``round(x, digits)`` of a float64: to the nearest multiple of ``10**-digits``, to an even one between two."""
    if not np.isfinite(x) or x == 0.0 or digits > 323:
        return x
    if digits < 0:
        return _round_to_tens(x, -digits)
    if abs(x) >= 9007199254740992.0:
        return x
    tens = _TENS[min(digits, 22)]
    scaled = x * tens
    left = digits - 22
    while left > 0 and abs(scaled) < 9007199254740992.0:
        scaled = scaled * _TENS[min(left, 22)]
        left -= 22
    if abs(scaled) >= 9007199254740992.0:
        return x
    rounded = np.rint(scaled)
    if abs(scaled - rounded) == 0.5 and digits <= 22:
        error = _product_error(x, tens, scaled)
        if error != 0.0:
            rounded = np.floor(scaled) + (1.0 if error > 0.0 else 0.0)
    left = digits - 22
    while left > 0:
        rounded = rounded / _TENS[min(left, 22)]
        left -= 22
    return np.copysign(rounded / tens, x)


def _round_to_tens(x, digits):
    if digits > 308:
        return np.copysign(0.0, x)
    tens = _TENS[min(digits, 22)]
    left = digits - 22
    while left > 0:
        tens = tens * _TENS[min(left, 22)]
        left -= 22
    scaled = x / tens
    rounded = np.rint(scaled)
    if abs(scaled - rounded) == 0.5:
        middle = (np.floor(scaled) + 0.5) * tens
        if x != middle:
            rounded = np.floor(scaled) + (1.0 if x > middle else 0.0)
    return np.copysign(rounded * tens, x)


def round_integer(x, digits):
    """``round(x, digits)`` of an integer: to the nearest multiple of ``10**-digits``, to an even one between two."""
    if digits >= 0:
        return x
    if digits < -19:
        return x - x
    tens = 1
    for _ in range(-digits - 1):
        tens *= 10
    # Half of a multiple, which fits 64 bits where the multiple may not.
    half = 5 * tens
    units = x // tens
    left = units % 10
    down = units // 10
    # Beyond the digit that decides.
    rest = x - units * tens
    if left > 5 or (left == 5 and (rest > 0 or down % 2 == 1)):
        down += 1
    return down * (2 * half)


def remainder(x, y):
    """``math.remainder``: x less the nearest multiple of y, an even one between two, exactly (IEEE 754-2019, 5.3.1)."""
    if np.isnan(x) or np.isnan(y) or np.isinf(x) or y == 0.0:
        return np.nan + x + y
    if np.isinf(y):
        return x
    size, step = abs(x), abs(y)
    above = np.fmod(size, step)
    below = step - above
    if above < below:
        left = above
    elif above > below:
        left = -below
    else:
        # Between two multiples: the quotient's parity decides.
        left = above - 2.0 * np.fmod(0.5 * (size - above), step)
    return math.copysign(1.0, x) * left


def fma_single(a, b, c):
    """``a * b + c`` of float32 in float64, where the product is exact: the sum rounded to odd, so that float32's rounding is the only one.

    S. Boldo, G. Melquiond, "Emulation of a FMA and correctly rounded sums: proved algorithms using rounding to odd", 2008.
    """
    return np.float32(_sum_to_odd(np.float64(a) * np.float64(b), np.float64(c)))


def fma_guarded(a, b, c, own):
    """The device's `own` result where it had no subnormal number to take or to give, which some drivers flush to zero; else `fma_single`'s."""
    least = np.float32(1.1754944e-38)
    plain = (abs(a) >= least or a == 0) and (abs(b) >= least or b == 0) and (abs(c) >= least or c == 0)
    return own if plain and abs(own) >= 2 * least else fma_single(a, b, c)


def _sum_to_odd(x, y):
    """x + y in float64; where that is not exact, the neighbour whose last bit is one."""
    high = x + y
    if not np.isfinite(high):
        return high
    part = high - x
    low = (x - (high - part)) + (y - part)
    if low != 0.0:
        fraction, _ = np.frexp(high)
        if int(abs(fraction) * 9007199254740992.0) % 2 == 0:
            high = np.nextafter(high, np.inf if low > 0.0 else -np.inf)
    return high


def fma_double(a, b, c):
    """``a * b + c`` of float64 with one rounding: the algorithm of `fma_single`'s source on fractions, and the exponents apart."""
    if a == 0.0 or b == 0.0 or not (np.isfinite(a) and np.isfinite(b)):
        return a * b + c
    if not np.isfinite(c):
        return c
    if c == 0.0:
        # The sign of a product that rounds to zero is its own.
        return a * b
    x, exponent_x = np.frexp(a)
    y, exponent_y = np.frexp(b)
    z, exponent_z = np.frexp(c)
    exponent = exponent_x + exponent_y
    # Beyond this distance the smaller term decides the direction of the rounding, and no more.
    distance = max(-130, min(exponent_z - exponent, 130))
    if distance == 130:
        exponent = exponent_z - 130
    z = np.ldexp(z, distance)
    product = x * y
    error = _product_error(x, y, product)
    # The exact sum is that of `high` and of `low`, which is rounded to odd.
    sum_high = z + error
    part = sum_high - z
    sum_low = (z - (sum_high - part)) + (error - part)
    high = product + sum_high
    part = high - product
    low = _sum_to_odd((product - (high - part)) + (sum_high - part), sum_low)
    _, size = np.frexp(high)
    if size + exponent >= -1021:
        return np.ldexp(high + low, exponent)
    # Subnormal: rounded to the last place that there is, which the sum with a larger number of the same sign has.
    large = np.copysign(np.ldexp(1.0, min(-1074 - exponent, 300) + 52), high)
    raised = large + high
    part = raised - large
    rest = _sum_to_odd((large - (raised - part)) + (high - part), low)
    return np.copysign(np.ldexp((raised + rest) - large, exponent), high)


def rectangular(radius, angle):
    """The parts of ``cmath.rect(radius, angle)``, those of special values as Python's."""
    if angle == 0.0:
        # No product of a zero with what is infinite or not a number.
        if np.isnan(radius):
            return radius, abs(angle)
        return radius, np.copysign(angle, radius * np.copysign(1.0, angle)) if np.isinf(radius) else radius * angle
    if np.isfinite(angle):
        return radius * np.cos(angle), radius * np.sin(angle)
    if radius == 0.0:
        return abs(radius), abs(radius)
    if np.isinf(radius):
        return abs(radius), angle - angle
    return angle - angle, angle - angle

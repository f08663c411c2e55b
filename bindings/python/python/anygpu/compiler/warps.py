"""What the lanes of a warp do together: WGSL's subgroup operations under CUDA's names.

A subgroup has as many lanes as the device says (8 to 128, 32 on NVIDIA's), `warpsize` within kernels. The masks of CUDA's functions are accepted and not looked at:
subgroup operations take part where the lane is active.
"""

import numpy as np

from .. import _anygpu
from . import ir, stubs, types, values
from .intrinsics import register

_UINT32 = np.dtype("uint32")
#: The lane's number and how many there are.
LANE = ("lane", "var<private> lane: vec2<u32>;")
_MATCH = (
    "lanes_alike",
    """fn lanes_alike(a: vec4<u32>) -> vec4<u32> {
    let taking_part = subgroupBallot(true);
    var found = vec4<u32>(0u);
    for (var k = 0u; k < lane.y; k += 1u) {
        if (all(subgroupShuffle(a, k) == a)) { found[k / 32u] |= 1u << (k % 32u); }
    }
    return found & taking_part;
}""",
)


def lanes(t, node):
    """The largest subgroup of the device; an error where kernels have no subgroup operations."""
    sizes = _anygpu.Device().subgroup_sizes
    if sizes is None:
        raise t.error(node, "this device has no operations on the lanes of a warp: use shared memory and syncthreads, which every device has")
    return sizes[1]


def special(t, node, name):
    """`laneid`, `warpsize`."""
    lanes(t, node)
    return ir.Builtin(int, name, 0)


def _now(t, kind, text, operands=(), *helpers):
    """A subgroup operation at this place of the program: other lanes take part in it."""
    return t.saved(ir.Raw(kind, text, list(operands), (LANE, *helpers)))


def _mask_type(t, node):
    """The type of a mask of lanes."""
    return _UINT32 if lanes(t, node) <= 32 else np.dtype("uint64")


def _mask(t, node, text, operands=(), *helpers):
    kind = _mask_type(t, node)
    return _now(t, kind, text + ".x" if kind == _UINT32 else f"make_u64({text}.x, {text}.y)", operands, *helpers)


def _arguments(t, node, args, options, *names, optional=()):
    """The values of the arguments by their names; None for an optional one that is not given."""
    shown = ", ".join([*names, *(f"{name}=" for name in optional)])
    if not len(names) <= len(args) + len(options) <= len(names) + len(optional):
        raise t.error(node, f"the arguments are ({shown}), and {len(args) + len(options)} were given")
    given = dict.fromkeys(optional) | dict(zip((*names, *optional), args)) | options
    if set(given) != {*names, *optional}:
        raise t.error(node, f"the arguments are ({shown})")
    return [given[name] for name in (*names, *optional)]


def _words(kind, of):
    """The text that applies an operation on 32-bit values, `of` with `{w}` for one, to `{0}` of a dtype."""
    def word(text):
        return of.replace("{w}", text)

    if kind == types.BOOL:
        return f"({word('select(0u, 1u, {0})')} != 0u)"
    if kind.kind in "iu" and kind.itemsize == 8:
        short = f"{kind.kind}64"
        return f"make_{short}({word(f'lo_{short}({{0}})')}, {word(f'hi_{short}({{0}})')})"
    if kind == types.FLOAT64:
        return f"make_f64({word('bits_lo_f64({0})')}, {word('bits_hi_f64({0})')})"
    if kind.kind == "c" and kind.itemsize == 16:
        parts = (f"make_f64({word(f'bits_lo_f64({part}_c128({{0}}))')}, {word(f'bits_hi_f64({part}_c128({{0}}))')})" for part in ("real", "imag"))
        return f"make_c128({', '.join(parts)})"
    # float32's own bits: a driver may flush what it takes for a number.
    if kind.kind == "f":
        return f"bitcast<f32>({word('bitcast<u32>({0})')})"
    if kind.kind == "c":
        return f"vec2<f32>(bitcast<f32>({word('bitcast<u32>({0}.x)')}), bitcast<f32>({word('bitcast<u32>({0}.y)')}))"
    return word("{0}")


def _shuffle(third, reads):
    """`reads(place, first, count)` is (the lane that is read, whether there is one), of `{1}` and of the lane's place in its group, the group's first lane and size.

    Where there is none the value is the lane's own. Without a width the whole warp is one group.
    """

    def handle(t, node, args, options):
        most = lanes(t, node)
        _, value, other, width = _arguments(t, node, args, options, "mask", "value", third, optional=("width",))
        group = ("lane.x", "0u", "lane.y")
        if width is not None:
            if not isinstance(width, ir.Const) or width.value not in (1, 2, 4, 8, 16, 32, 64, 128):
                raise t.error(node, "the width of a shuffle is a constant power of two, up to 128")
            if width.value > most:
                raise t.error(node, f"the width of this shuffle is {width.value} lanes, and this device's warps have {most}: take cuda.warpsize, or no width")
            count = f"min({width.value}u, lane.y)"
            group = (f"(lane.x & ({count} - 1u))", f"(lane.x & ~({count} - 1u))", count)
        value = t.saved(t.number(node, value))
        if isinstance(value, (ir.Const, ir.Argument)):
            return value
        other = t.saved(t.converted(node, other, _UINT32))
        source, there_is_one = reads(*group)
        text = _words(types.storage(value.type), f"subgroupShuffle({{w}}, select(lane.x, {source}, {there_is_one}))")
        return _now(t, value.type, text, [value, other])

    return handle


register(stubs.shfl_sync)(_shuffle("src_lane", lambda place, first, count: (f"{first} + {{1}} % {count}", "true")))
register(stubs.shfl_up_sync)(_shuffle("delta", lambda place, first, count: ("lane.x - {1}", f"{place} >= {{1}}")))
register(stubs.shfl_down_sync)(_shuffle("delta", lambda place, first, count: ("lane.x + {1}", f"{{1}} < {count} - {place}")))
# Lanes of groups before one's own are read, too.
register(stubs.shfl_xor_sync)(_shuffle("lane_mask", lambda place, first, count: ("lane.x ^ {1}", f"(lane.x ^ {{1}}) < {first} + {count}")))


def _vote(text):
    def handle(t, node, args, options):
        lanes(t, node)
        _, predicate = _arguments(t, node, args, options, "mask", "predicate")
        return _now(t, types.BOOL, text, [t.saved(t.truth(node, predicate))])

    return handle


register(stubs.all_sync)(_vote("subgroupAll({0})"))
register(stubs.any_sync)(_vote("subgroupAny({0})"))
register(stubs.eq_sync)(_vote("(subgroupAll({0}) == subgroupAny({0}))"))


@register(stubs.ballot_sync)
def ballot(t, node, args, options):
    _, predicate = _arguments(t, node, args, options, "mask", "predicate")
    return _mask(t, node, "subgroupBallot({0})", [t.saved(t.truth(node, predicate))])


@register(stubs.activemask)
def active_mask(t, node, args, options):
    _arguments(t, node, args, options)
    return _mask(t, node, "subgroupBallot(true)")


@register(stubs.lanemask_lt)
def lower_lanes(t, node, args, options):
    _arguments(t, node, args, options)
    kind = _mask_type(t, node)
    lane = t.converted(node, ir.Builtin(int, "laneid", 0), kind)
    return t.operation("subtract", t.operation("left_shift", ir.Const(kind, 1), lane), ir.Const(kind, 1))


def _bits(t, node, value):
    """The bits of a number as vec4<u32>."""
    value = t.saved(t.number(node, value))
    kind = types.storage(value.type)
    if kind.kind not in "biuf" or kind == types.BOOL:
        raise t.error(node, f"integers and floats are matched, not {kind}")
    if kind == types.FLOAT64:
        words = "bits_lo_f64({0}), bits_hi_f64({0})"
    elif kind.itemsize == 8:
        words = f"lo_{kind.kind}64({{0}}), hi_{kind.kind}64({{0}})"
    else:
        words = ("{0}" if kind.kind == "u" else "bitcast<u32>({0})") + ", 0u"
    return value, f"vec4<u32>({words}, 0u, 0u)"


@register(stubs.match_any_sync)
def match_any(t, node, args, options):
    _, value = _arguments(t, node, args, options, "mask", "value")
    value, words = _bits(t, node, value)
    return _mask(t, node, f"lanes_alike({words})", [value], _MATCH)


@register(stubs.match_all_sync)
def match_all(t, node, args, options):
    lanes(t, node)
    _, value = _arguments(t, node, args, options, "mask", "value")
    value, words = _bits(t, node, value)
    alike = _now(t, types.BOOL, f"subgroupAll(all(subgroupBroadcastFirst({words}) == {words}))", [value])
    mask = _mask(t, node, "subgroupBallot(true)")
    return values.Tuple([ir.Select(mask.type, alike, mask, ir.Const(mask.type, 0)), alike])


@register(stubs.syncwarp)
def synchronise(t, node, args, options):
    """A barrier of the whole workgroup: what a barrier of a subgroup orders differs between APIs, and shared memory is not among it everywhere."""
    if len(args) + len(options) > 1:
        raise t.error(node, "the argument is the mask of lanes, or none")
    t.emit(ir.Barrier(node))
    return values.Object(None)

"""What kernels call, under Numba's names. Outside of a kernel the functions say so; the compiler knows them by identity."""


class Stub:
    """A name that means something in kernels only."""

    def __init__(self, name):
        self.__name__ = self.name = name
        self.simulated = None

    def __repr__(self):
        return f"<{self.name}, for kernels>"

    def __call__(self, *args, **options):
        if self.simulated is not None:
            return self.simulated(*args, **options)
        raise RuntimeError(f"{self.name} is for kernels: it has no value outside of a function compiled with cuda.jit")


class Dim3(Stub):
    """threadIdx, blockIdx, blockDim, gridDim: with attributes x, y, z."""

    def __getattr__(self, axis):
        if axis in ("x", "y", "z") and self.__dict__.get("simulated") is not None:
            return self.simulated()["xyz".index(axis)]
        if axis in ("x", "y", "z"):
            raise RuntimeError(f"{self.name}.{axis} is for kernels: it has no value outside of a function compiled with cuda.jit")
        raise AttributeError(axis)


class Namespace:
    """`shared`, `local`, `const`, `atomic`."""

    def __init__(self, name, members):
        self.__name__ = name
        for member in members:
            setattr(self, member, Stub(f"{name}.{member}"))


threadIdx, blockIdx, blockDim, gridDim = (Dim3(f"cuda.{n}") for n in ("threadIdx", "blockIdx", "blockDim", "gridDim"))
grid, gridsize = Stub("cuda.grid"), Stub("cuda.gridsize")
syncthreads, syncthreads_count = Stub("cuda.syncthreads"), Stub("cuda.syncthreads_count")
syncthreads_and, syncthreads_or = Stub("cuda.syncthreads_and"), Stub("cuda.syncthreads_or")
threadfence_block, threadfence, threadfence_system = Stub("cuda.threadfence_block"), Stub("cuda.threadfence"), Stub("cuda.threadfence_system")
popc, brev, clz, ffs, selp, fma, cbrt = (Stub(f"cuda.{n}") for n in ("popc", "brev", "clz", "ffs", "selp", "fma", "cbrt"))
laneid, warpsize = Stub("cuda.laneid"), Stub("cuda.warpsize")
shfl_sync, shfl_up_sync, shfl_down_sync, shfl_xor_sync = (Stub(f"cuda.{n}") for n in ("shfl_sync", "shfl_up_sync", "shfl_down_sync", "shfl_xor_sync"))
all_sync, any_sync, eq_sync, ballot_sync = (Stub(f"cuda.{n}") for n in ("all_sync", "any_sync", "eq_sync", "ballot_sync"))
match_any_sync, match_all_sync, syncwarp = Stub("cuda.match_any_sync"), Stub("cuda.match_all_sync"), Stub("cuda.syncwarp")
activemask, lanemask_lt = Stub("cuda.activemask"), Stub("cuda.lanemask_lt")
nanosleep = Stub("cuda.nanosleep")
cg = Namespace("cuda.cg", ["this_grid"])
fp16 = Namespace(
    "cuda.fp16",
    "hadd hsub hmul hdiv hfma hneg habs hsin hcos hlog hlog2 hlog10 hexp hexp2 hexp10 hsqrt hrsqrt hceil hfloor hrcp htrunc hrint heq hne hge hgt hle hlt hmax hmin".split(),
)
shared, local = Namespace("cuda.shared", ["array"]), Namespace("cuda.local", ["array"])
const = Namespace("cuda.const", ["array_like"])
atomic = Namespace(
    "cuda.atomic",
    ["add", "sub", "and_", "or_", "xor", "inc", "dec", "exch", "max", "min", "nanmax", "nanmin", "cas", "compare_and_swap"],
)

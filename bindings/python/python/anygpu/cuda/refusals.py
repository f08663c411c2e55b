"""Names of `numba.cuda` that mean NVIDIA's hardware or tools: each says why it is not there, and what there is."""

_LINKING = "CUDA C and PTX run on NVIDIA's GPUs only: write the function in Python, or WGSL for anygpu.RawKernel"
_COMPILING = "there is no PTX here: launch the kernel, and kernel.inspect_wgsl() shows what was made of it"
_CACHE = "WGSL has no hints for caches: read and write elements as x[i]"
_MEMORY = "memory is the device's own: anygpu.cuda.set_allocator and MemoryPool are what there is"
_IPC = "processes do not share memory of the device: copy_to_host() in one, to_device() in the other"

_REASONS = {
    **dict.fromkeys("declare_device CUSource PTXSource LTOIR Fatbin Cubin Archive Object".split(), _LINKING),
    **dict.fromkeys("compile compile_all compile_ptx compile_for_current_device compile_ptx_for_current_device".split(), _COMPILING),
    **dict.fromkeys("ldca ldcg ldcs ldlu ldcv stcg stcs stwb stwt".split(), _CACHE),
    **dict.fromkeys(
        "set_memory_manager BaseCUDAMemoryManager HostOnlyCUDAMemoryManager MemoryPointer MappedMemory PinnedMemory MemoryInfo".split(), _MEMORY
    ),
    **dict.fromkeys("open_ipc_array IpcHandle GetIpcHandleMixin".split(), _IPC),
    "from_cuda_array_interface": "pointers of CUDA mean nothing to other APIs: pass a NumPy array, or a CPU tensor by anygpu.from_dlpack",
    "external_stream": "there is one queue a device, and CUDA's streams are not on it: use anygpu.cuda.stream()",
    "launchconfig": "kernels do not read their launch's configuration beyond blockDim and gridDim",
    "bf16": "no GPU API here has bfloat16: use float16 or float32",
    "fp8": "no GPU API here has 8-bit floats: use float16",
}
_VECTORS = tuple(f"{kind}{size}" for kind, sizes in (("int", (8, 16, 32, 64)), ("uint", (8, 16, 32, 64)), ("float", (32, 64))) for size in sizes)


def reason(name):
    """Why a name is not there; None where it is nothing of Numba's."""
    if name in _REASONS:
        return _REASONS[name]
    base, x, count = name.rpartition("x")
    if x and count in "1234" and (base in _VECTORS or base in ("char", "short", "int", "long", "longlong", "uchar", "ushort", "uint", "ulong", "ulonglong", "float", "double")):
        return "kernels have no vector types: use one number an element, or a tuple of them"
    return None


class Refused:
    """Something that says, when it is called, why it cannot be."""

    def __init__(self, name, why):
        self.__name__, self._why = name, why
        self.__doc__ = f"Raises NotImplementedError: {why}."

    def __call__(self, *args, **options):
        raise NotImplementedError(f"cuda.{self.__name__}: {self._why}")

    def __repr__(self):
        return f"<cuda.{self.__name__}, which is refused: {self._why}>"


refused = {name: Refused(name, why) for name, why in _REASONS.items()}

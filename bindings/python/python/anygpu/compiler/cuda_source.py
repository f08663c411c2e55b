"""What to tell someone who passes CUDA C: the same signature in WGSL."""

import re

_TYPES = {
    "float": "f32", "int": "i32", "unsigned int": "u32", "unsigned": "u32", "half": "f16", "__half": "f16", "double": "f64", "long long": "i64", "long": "i64",
    "unsigned long long": "u64", "unsigned long": "u64", "size_t": "u64", "ptrdiff_t": "i64", "int32_t": "i32", "uint32_t": "u32", "int64_t": "i64",
    "uint64_t": "u64", "float2": "vec2<f32>", "float4": "vec4<f32>", "int2": "vec2<i32>", "int4": "vec4<i32>", "uint4": "vec4<u32>",
}  # fmt: skip
_PACKED = {"char": 4, "signed char": 4, "unsigned char": 4, "bool": 4, "int8_t": 4, "uint8_t": 4, "short": 2, "unsigned short": 2, "int16_t": 2, "uint16_t": 2}
_KERNEL = re.compile(r"__global__\s+(?:__launch_bounds__\s*\([^)]*\)\s*)?(?:\w+\s+)*?(\w+)\s*\(([^)]*)\)")


def is_cuda(text):
    """Whether a text is CUDA C."""
    return re.search(r'__global__|extern\s+"C"|__device__\s', text) is not None


def skeleton(text, name=None):
    """WGSL that has the parameters of a CUDA kernel, with its body to be written; None where no kernel is found."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/", " ", text, flags=re.S)
    kernels = _KERNEL.findall(text)
    if not kernels:
        return None
    kernel, parameters = next((k for k in kernels if k[0] == name), kernels[0])
    lines = []
    for parameter in filter(None, (p.strip() for p in parameters.split(","))):
        declaration, variable = re.match(r"(.*?)(\w*)$", parameter, flags=re.S).groups()
        read = re.search(r"\bconst\b", declaration) is not None
        words = re.sub(r"\b(const|volatile|__restrict__|__restrict|restrict)\b|\*", " ", declaration).split()
        kind = " ".join(w for w in words if w != "signed" or len(words) == 2)
        element = _TYPES.get(kind)
        if "*" in declaration:
            note = "" if element else f"  // {_PACKED[kind]} elements of {kind} in each" if kind in _PACKED else f"  // {kind}: declare it"
            lines.append(f"var<storage, {'read' if read else 'read_write'}> {variable}: array<{element or 'u32'}>;{note}")
        else:
            lines.append(f"var<uniform> {variable}: {element or 'u32'};")
    body = ["    let i = id.x;  // blockDim.x * blockIdx.x + threadIdx.x", "    // ..."]
    head = f"@compute @workgroup_size(256)\nfn {kernel}(@builtin(global_invocation_id) id: vec3<u32>) {{"
    return "\n".join([*lines, head, *body, "}"])


def refusal(text, name, what):
    """The message for CUDA C where WGSL is expected."""
    message = f"{what}: the source is CUDA C, which only NVIDIA's compiler takes; anygpu's raw kernels are WGSL, for any GPU."
    found = skeleton(text, name)
    if found:
        message += " The same signature in WGSL:\n\n" + "\n".join("    " + line for line in found.split("\n")) + "\n\n"
    return message + "Kernels written as Python functions (anygpu.cuda.jit) and ElementwiseKernel's snippets need no porting."

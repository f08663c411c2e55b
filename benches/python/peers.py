"""The libraries that are compared: how each makes an array, waits for the device, and gives memory back.

A peer whose import or first operation fails is left out, and says why.
"""

import importlib
import os

import numpy as np

# JAX takes three quarters of the device's memory at its first operation unless told not to.
os.environ.setdefault("XLA_PYTHON_CLIENT_PREALLOCATE", "false")


class Peer:
    """One library. `module` has NumPy's names, as far as the workloads use them."""

    def __init__(self, name, module):
        self.name = name
        self.module = module
        self.version = getattr(module, "__version__", "?")

    def array(self, host):
        """A NumPy array on the device."""
        return self.module.asarray(host)

    def host(self, array):
        """A device array as a NumPy array, in host memory."""
        return np.asarray(array)

    def synchronize(self, result):
        """Return when `result` is computed."""

    def free(self):
        """Give cached memory back, so that the next library finds it."""

    def fused(self, function):
        """`function` compiled as one, where the library has a way to say so; None where it has not."""
        return None


class AnyGpu(Peer):
    """What is measured."""

    def synchronize(self, result):
        self.module.synchronize()

    def host(self, array):
        return self.module.asnumpy(array)

    def free(self):
        self.module.synchronize()
        if hasattr(self.module, "get_default_memory_pool"):
            self.module.get_default_memory_pool().free_all_blocks()


class NumPy(Peer):
    """The processor."""

    def array(self, host):
        return host


class CuPy(Peer):
    """CUDA's NumPy."""

    def synchronize(self, result):
        self.module.cuda.get_current_stream().synchronize()

    def host(self, array):
        return self.module.asnumpy(array)

    def free(self):
        self.module.get_default_memory_pool().free_all_blocks()
        self.module.get_default_pinned_memory_pool().free_all_blocks()

    def fused(self, function):
        return self.module.fuse(function)


class TorchNames:
    """PyTorch under NumPy's names, for the few that differ."""

    def __init__(self, torch):
        self._torch = torch
        self.__version__ = torch.__version__
        self.minimum = lambda a, b: torch.clamp(a, max=b)
        self.maximum = lambda a, b: torch.clamp(a, min=b)
        self.var = lambda a: torch.var(a, correction=0)

    def __getattr__(self, name):
        return getattr(self._torch, name)

    def sum(self, a, axis=None):
        """torch.sum with NumPy's argument name."""
        return self._torch.sum(a) if axis is None else self._torch.sum(a, dim=axis)


class Torch(Peer):
    """PyTorch on CUDA, in full float32 precision."""

    def __init__(self, name, module):
        if not module.cuda.is_available():
            raise RuntimeError("no CUDA device")
        module.backends.cuda.matmul.allow_tf32 = False
        super().__init__(name, TorchNames(module))

    def array(self, host):
        return self.module.from_numpy(host).cuda()

    def host(self, array):
        return array.cpu().numpy()

    def synchronize(self, result):
        self.module.cuda.synchronize()

    def free(self):
        self.module.cuda.empty_cache()


class Jax(Peer):
    """JAX with 64-bit types on, in full float32 precision."""

    def __init__(self, name, module):
        module.config.update("jax_enable_x64", True)
        module.config.update("jax_default_matmul_precision", "highest")
        if module.default_backend() == "cpu":
            raise RuntimeError("JAX has no GPU here")
        self.jax = module
        numpy_names = importlib.import_module("jax.numpy")
        super().__init__(name, numpy_names)
        self.version = module.__version__

    def synchronize(self, result):
        self.jax.block_until_ready(result)

    def fused(self, function):
        return self.jax.jit(function)


PEERS = {"numpy": NumPy, "cupy": CuPy, "torch": Torch, "jax": Jax}


def find_peers(names):
    """anygpu, then each of `names` that can be imported and can add two numbers on its device."""
    import anygpu

    found = [AnyGpu("anygpu", anygpu)]
    for name in filter(None, (n.strip() for n in names)):
        try:
            peer = PEERS[name](name, importlib.import_module(name))
            peer.synchronize(peer.array(np.ones(4, "float32")) + 1)
        except ModuleNotFoundError:
            continue
        except Exception as error:  # installed without a driver, wrong CUDA, ...
            print(f"{name} is left out: {type(error).__name__}: {error}")
            continue
        found.append(peer)
    return found

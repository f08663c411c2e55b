"""Functions whose results are kept."""

import pytest

import anygpu as ag

if not hasattr(ag, "memoize"):
    pytest.skip("NumPy keeps no results", allow_module_level=True)


@pytest.mark.parametrize("for_each_device", [False, True])
def test_memoize(for_each_device):
    calls = []

    @ag.memoize(for_each_device=for_each_device)
    def add(x, y=1):
        """Adds."""
        calls.append((x, y))
        return x + y

    assert [add(1), add(1), add(1, y=1), add(2), add(1)] == [2, 2, 2, 3, 2]
    assert calls == [(1, 1), (1, 1), (2, 1)] and add.__name__ == "add" and add.__doc__ == "Adds."
    ag.clear_memo()
    assert add(1) == 2 and len(calls) == 4
    with pytest.raises(TypeError, match="unhashable"):
        add([1])


def test_generators_of_curand_say_what_to_use():
    with pytest.raises(AttributeError, match=r"Philox4x3210\(seed\)"):
        ag.random.XORWOW

"""The shortest tour: upload, compute, read back, compare with NumPy.

    python examples/quickstart.py
"""

import numpy as np

import anygpu as ag

print(ag.Device())

# A NumPy array goes to the device and keeps its dtype: float64 here, as NumPy made it.
points = np.random.default_rng(0).random((100_000, 3))
x = ag.asarray(points)

# Written as in NumPy. Nothing has run yet: the whole line becomes one kernel and one reduction when its value is needed.
distances = ag.sqrt(ag.square(x - x.mean(axis=0)).sum(axis=1))

# Reading is what needs the value.
print(f"mean distance {float(distances.mean()):.6f}, furthest point number {int(distances.argmax())}")

# Views share memory, as in NumPy.
distances[distances.shape[0] // 2 :] *= 2

# The same statements in NumPy.
reference = np.sqrt(np.square(points - points.mean(axis=0)).sum(axis=1))
reference[reference.shape[0] // 2 :] *= 2
np.testing.assert_allclose(ag.asnumpy(distances), reference, rtol=1e-12)
print("agrees with NumPy")

"""Einstein's summation convention: https://numpy.org/doc/stable/reference/generated/numpy.einsum.html.

Operands are contracted in pairs. A pair becomes one batched matrix product of its transposed and reshaped operands, or, where nothing but products or a sum
of products of the same indices is asked for, one fused elementwise kernel or reduction. Nothing is read from the device.
"""

import operator
from collections.abc import Sequence

import numpy as np

from ._anygpu import ndarray
from ._outputs import store
from .creation_functions import asarray
from .elementwise_functions import multiply
from .linear_algebra_functions import _product, _sum_of_products

#: Where the functions run, for the coverage page.
__runs__ = {"einsum_path": "host"}

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def einsum(*operands, out=None, optimize=False, **kwargs):
    """The sum of products of operands that subscripts describe, as `numpy.einsum`.

    ``dtype``, ``casting`` and ``order`` are NumPy's. ``optimize`` chooses the order in which pairs are contracted: "greedy" (also for True), "optimal", or a
    path from `einsum_path`. For False, too, more than two operands are contracted greedily: NumPy's one loop over all indices has no merit on a GPU.
    Of one operand of which nothing is summed the result is a view: ``einsum("ii->i", a)[...] = 1`` sets a diagonal.

    >>> import anygpu as ag
    >>> a = ag.arange(6).reshape(2, 3)
    >>> ag.einsum("ij,kj->ik", a, a)
    array([[ 5, 14],
           [14, 50]])
    >>> ag.einsum("ii->i", ag.eye(2))
    array([1., 1.])
    """
    dtype, casting, order = kwargs.pop("dtype", None), kwargs.pop("casting", "safe"), kwargs.pop("order", "K")
    if kwargs:
        raise TypeError(f"einsum() got unexpected keyword arguments {sorted(kwargs)}")
    if out is not None and not isinstance(out, ndarray):
        raise TypeError(f"einsum: out must be an anygpu.ndarray, not {type(out).__name__}")
    subscripts, arrays = _arguments(operands)
    inputs, output = _parse(subscripts, [a.ndim for a in arrays])
    arrays, sizes = _take_diagonals(arrays, inputs)
    if len(arrays) == 1 and out is None and set(inputs[0]) == set(output):
        # Nothing is summed: a view, in the array's own dtype whatever `dtype` says.
        labels = list(dict.fromkeys(inputs[0]))
        return arrays[0].transpose([labels.index(label) for label in output])
    result_dtype = np.dtype(dtype) if dtype is not None else np.result_type(*[a.dtype for a in arrays], *([] if out is None else [out.dtype]))
    for k, a in enumerate(arrays):
        if not np.can_cast(a.dtype, result_dtype, casting):
            raise TypeError(f"einsum: operand {k} cannot be cast from {a.dtype!r} to {result_dtype!r} according to the rule {casting!r}")
    # A label whose length is 1 in one operand and more in others is broadcast: it is no label of that operand.
    terms = []
    for a, labels in zip(arrays, inputs):
        labels = list(dict.fromkeys(labels))
        spread = [d for d, label in enumerate(labels) if a.shape[d] == 1 and sizes[label] != 1]
        a = a.squeeze(tuple(spread)) if spread else a
        terms.append((a.astype(result_dtype, copy=False), [label for d, label in enumerate(labels) if d not in spread]))
    for step in _path(terms, output, optimize):
        terms = _contract_several(terms, step, output)
    if len(terms) > 1:
        terms = _contract_several(terms, range(len(terms)), output)
    array, labels = _sum_out(*terms[0], set(output))
    array = array.transpose([labels.index(label) for label in output])
    if order == "F" and out is None:
        array = array.copy("F")
    return store("einsum", array, out, casting)


def einsum_path(*operands, optimize="greedy", einsum_call=False):
    """The order of pairwise contractions for `einsum`, and a report, both as `numpy.einsum_path` gives them: planned on the host from shapes alone.

    >>> import anygpu as ag
    >>> ag.einsum_path("ij,jk,kl->il", ag.ones((2, 9)), ag.ones((9, 9)), ag.ones((9, 2)))[0]
    ['einsum_path', (0, 1), (0, 1)]
    """
    subscripts, arrays = _arguments(operands)
    return np.einsum_path(subscripts, *map(_shadow, arrays), optimize=optimize, einsum_call=einsum_call)


def _shadow(array):
    """A NumPy array of the same shape without memory of its own."""
    return np.broadcast_to(np.zeros((), array.dtype), array.shape)


def _arguments(operands):
    """Subscripts as text and arrays, from either calling convention."""
    if not operands:
        raise ValueError("einsum: subscripts and at least one operand, or at least one operand and its list of subscripts, are needed")
    if isinstance(operands[0], str):
        if len(operands) < 2:
            raise ValueError("einsum: at least one operand is needed behind the subscripts")
        return operands[0].replace(" ", ""), [asarray(a) for a in operands[1:]]
    arrays, lists = list(operands[0::2]), list(operands[1::2])
    output = arrays.pop() if len(arrays) > len(lists) else None
    if not lists:
        raise ValueError("einsum: a list of subscripts is needed behind each operand")
    subscripts = ",".join(map(_letters, lists))
    return subscripts + ("" if output is None else "->" + _letters(output)), [asarray(a) for a in arrays]


def _letters(labels):
    """A list of integers and at most one Ellipsis as subscripts."""
    if isinstance(labels, (ndarray, np.ndarray)) and labels.ndim == 1 and labels.dtype.kind in "iu":
        labels = labels.tolist()
    if not isinstance(labels, Sequence):
        raise TypeError(f"einsum: subscripts must be a list of integers and Ellipsis, got {type(labels).__name__}")
    text = ""
    for label in labels:
        if label is Ellipsis:
            text += "..."
            continue
        label = operator.index(label)
        if not 0 <= label < len(_LETTERS):
            raise ValueError(f"einsum: subscript {label} is not within the valid range [0, {len(_LETTERS)})")
        text += _LETTERS[label]
    return text


def _labels(text, operand):
    """The letters of one operand's subscripts, with Ellipsis where they have it."""
    labels = []
    rest = text
    while rest:
        if rest.startswith("..."):
            if Ellipsis in labels:
                raise ValueError(f"einsum: more than one ellipsis in '{text}' for {operand}")
            labels.append(Ellipsis)
            rest = rest[3:]
        elif rest[0] == ".":
            raise ValueError(f"einsum: '{text}' has a '.' that is not part of an ellipsis ('...') for {operand}")
        elif rest[0] not in _LETTERS:
            raise ValueError(f"einsum: invalid subscript '{rest[0]}' in '{text}', subscripts must be letters")
        else:
            labels.append(rest[0])
            rest = rest[1:]
    return labels


def _parse(subscripts, ndims):
    """The labels of each operand's dimensions and of the result's: letters, and negative numbers for those of an ellipsis, counted from the end."""
    text, arrow, result = subscripts.partition("->")
    texts = text.split(",")
    if len(texts) != len(ndims):
        raise ValueError(f"einsum: '{subscripts}' has subscripts for {len(texts)} operands, {len(ndims)} were given")
    inputs, widest = [], 0
    for k, (one, ndim) in enumerate(zip(texts, ndims)):
        labels = _labels(one, f"operand {k}")
        extra = ndim - len(labels) + (Ellipsis in labels)
        if extra < 0 or (extra > 0 and Ellipsis not in labels):
            hint = "" if extra < 0 else "; '...' would broadcast the extra dimensions"
            raise ValueError(f"einsum: operand {k} has {ndim} dimensions, its subscripts '{one}' describe {ndim - extra}{hint}")
        if Ellipsis in labels:
            at = labels.index(Ellipsis)
            labels[at : at + 1] = range(-extra, 0)
            widest = max(widest, extra)
        inputs.append(labels)
    used = [label for labels in inputs for label in labels]
    if not arrow:
        # Every letter that occurs once, in alphabetical order, behind the ellipsis.
        letters = sorted({label for label in used if isinstance(label, str)})
        return inputs, [*range(-widest, 0), *[letter for letter in letters if used.count(letter) == 1]]
    output = _labels(result, "the output")
    if Ellipsis in output:
        at = output.index(Ellipsis)
        output[at : at + 1] = range(-widest, 0)
    elif widest:
        raise ValueError(f"einsum: the output '{result}' needs an ellipsis ('...') for the {widest} dimensions that operands broadcast")
    for label in output:
        if output.count(label) > 1:
            raise ValueError(f"einsum: the output '{result}' includes the subscript '{label}' multiple times")
        if label not in used and isinstance(label, str):
            raise ValueError(f"einsum: the output '{result}' includes the subscript '{label}', which no operand has")
    return inputs, output


def _take_diagonals(arrays, inputs):
    """The arrays with repeated labels of each made one dimension, and every label's length."""
    sizes, views = {}, []
    for k, (a, labels) in enumerate(zip(arrays, inputs)):
        labels = list(labels)
        for label in dict.fromkeys(labels):
            while labels.count(label) > 1:
                first = labels.index(label)
                second = labels.index(label, first + 1)
                if a.shape[first] != a.shape[second]:
                    raise ValueError(
                        f"einsum: dimensions in operand {k} for collapsing index '{label}' don't match ({a.shape[first]} != {a.shape[second]})"
                    )
                a = a.diagonal(0, first, second)
                del labels[second], labels[first]
                labels.append(label)
        order = [labels.index(label) for label in dict.fromkeys(inputs[k])]
        a = a.transpose(order) if order != sorted(order) else a
        for label, n in zip(dict.fromkeys(inputs[k]), a.shape):
            known = sizes.setdefault(label, n)
            if known != n and known != 1 and n != 1:
                raise ValueError(f"einsum: operands could not be broadcast together: subscript '{label}' is {known} and {n} long")
            sizes[label] = n if known == 1 else known
        views.append(a)
    return views, sizes


def _path(terms, output, optimize):
    """Positions of the operands of each contraction; the result of one goes to the end."""
    explicit = isinstance(optimize, (list, tuple)) and len(optimize) > 0 and optimize[0] == "einsum_path"
    if explicit:
        left = len(terms)
        for step in optimize[1:]:
            if not all(0 <= k < left for k in step):
                raise ValueError(f"einsum: step {step} of the path names operands beyond the {left} that are left")
            left -= len(set(step)) - 1
        if left > 1:
            raise RuntimeError(f"einsum: the path leaves {left} operands that it does not contract")
        return optimize[1:]
    known = ("greedy", "optimal")
    method = optimize[0] if isinstance(optimize, tuple) and len(optimize) == 2 else optimize
    if method not in (None, False, True) and method not in known:
        raise ValueError(f"einsum: optimize must be True, False, 'greedy', 'optimal' or a path that begins with 'einsum_path', got {optimize!r}")
    if len(terms) <= 2:
        return []
    numbers = {label: k for k, label in enumerate(dict.fromkeys(label for _, labels in terms for label in labels))}
    if len(numbers) > len(_LETTERS):
        return []
    # Planned for the operands as they are contracted: diagonals taken, the ellipsis spelled out.
    text = ",".join("".join(_LETTERS[numbers[label]] for label in labels) for _, labels in terms)
    text += "->" + "".join(_LETTERS[numbers[label]] for label in output)
    return np.einsum_path(text, *[_shadow(a) for a, _ in terms], optimize=optimize or "greedy")[0][1:]


def _sum_out(array, labels, needed):
    """The array summed over labels that nothing needs any more."""
    gone = tuple(d for d, label in enumerate(labels) if label not in needed)
    if not gone:
        return array, labels
    if array.dtype == np.bool_:
        array = array._reduce("any", gone, False, None)
    else:
        array = array._reduce("sum", gone, False, array.dtype)
    return array, [label for label in labels if label in needed]


def _contract_several(terms, positions, output):
    """The terms with those at `positions` contracted, from the left, into one at the end."""
    chosen = [terms[k] for k in sorted(set(positions))]
    rest = [term for k, term in enumerate(terms) if k not in positions]
    first = chosen.pop(0)
    while chosen:
        needed = set(output).union(*[labels for _, labels in rest + chosen[1:]])
        first = _contract(first, chosen.pop(0), needed)
    return rest + [first]


def _contract(left, right, needed):
    """The product of two operands, summed over labels that nothing else needs."""
    a, in_a = _sum_out(*left, needed.union(right[1]))
    b, in_b = _sum_out(*right, needed.union(left[1]))
    shared = [label for label in in_a if label in in_b]
    batch = [label for label in shared if label in needed]
    summed = [label for label in shared if label not in needed]
    rows = [label for label in in_a if label not in shared]
    columns = [label for label in in_b if label not in shared]

    def arranged(array, labels, wanted):
        array = array.transpose([labels.index(label) for label in wanted if label in labels])
        missing = tuple(d for d, label in enumerate(wanted) if label not in labels)
        return array._expand_dims(missing) if missing else array

    if not summed:
        wanted = batch + rows + columns
        return multiply(arranged(a, in_a, wanted), arranged(b, in_b, wanted)), wanted
    lengths = dict(zip(in_a, a.shape)) | dict(zip(in_b, b.shape))

    def grouped(array, labels, groups):
        array = arranged(array, labels, [label for group in groups for label in group])
        return array.reshape([lengths[label] for label in batch] + [_product(lengths[label] for label in group) for group in groups[1:]])

    if not rows and not columns:
        return _sum_of_products(grouped(a, in_a, [batch, summed]), grouped(b, in_b, [batch, summed])), batch
    product = grouped(a, in_a, [batch, rows, summed])._matmul(grouped(b, in_b, [batch, summed, columns]))
    return product.reshape([lengths[label] for label in batch + rows + columns]), batch + rows + columns

"""Sets of raises as bits of 64-bit words, and the two machine instructions that numba does not offer."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from apps.matching.engine.compiled import COMPILES

WORD = 64


if COMPILES:
    from numba import types
    from numba.extending import intrinsic

    @intrinsic
    def _lowest(_context: Any, _word: Any) -> Any:
        """The position of the lowest set bit of a word that is not 0."""

        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.cttz(arguments[0], _false())

        return types.uint64(types.uint64), build

    @intrinsic
    def _ones(_context: Any, _word: Any) -> Any:
        """The number of set bits of a word."""

        def build(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.ctpop(arguments[0])

        return types.uint64(types.uint64), build

    def _false() -> Any:
        from llvmlite import ir

        return ir.Constant(ir.IntType(1), 0)

    lowest: Any = _lowest
    ones: Any = _ones
else:

    def lowest(word: Any) -> Any:
        """The position of the lowest set bit of a word that is not 0."""
        return np.uint64((int(word) & -int(word)).bit_length() - 1)

    def ones(word: Any) -> Any:
        """The number of set bits of a word."""
        return np.uint64(int(word).bit_count())


def packed(members: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """[…, items] membership as […, words], the first item in the lowest bit of the first word."""
    items = members.shape[-1]
    padding = [(0, 0)] * (members.ndim - 1) + [(0, -items % WORD)]
    in_bytes = np.packbits(np.pad(members, padding), axis=-1, bitorder="little")
    return np.ascontiguousarray(in_bytes).view("<u8").astype(np.uint64)

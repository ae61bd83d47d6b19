# SPDX-License-Identifier: Apache-2.0
"""Both halves of a send-receive count, each with its own size and partner."""

ranks = 3


def parts(r):
    right, left = (r.rank + 1) % r.size, (r.rank - 1) % r.size
    chain_out = 24 if r.rank + 1 < r.size else 0
    chain_in = 24 if r.rank > 0 else 0
    return right, left, chain_out, chain_in


def profile(r):
    right, left, chain_out, chain_in = parts(r)
    return {
        "MPI_Sendrecv": (6, 5 * 4 * (10 + r.rank) + chain_out, 5 * 4 * (10 + left) + chain_in),
        "MPI_Sendrecv_replace": (1, 80, 80),
    }


def matrix(size):
    result = {}
    for source in range(size):
        result[(source, (source + 1) % size)] = [6, 5 * 4 * (10 + source) + 80]
    for source in range(size - 1):
        result[(source, source + 1)][0] += 1
        result[(source, source + 1)][1] += 24
    return {pair: tuple(cell) for pair, cell in result.items()}

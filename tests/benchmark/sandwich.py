# SPDX-License-Identifier: Apache-2.0
"""Added cost by alternation: native / mode / native / next mode / native ...; a pair whose two baselines differ by more
than 15 % says more about the machine than about the mode, and is dropped."""
import statistics

MAX_BASELINE_DIFFERENCE = 0.15


def measure(run, modes, repeats, progress):
    """`run(mode)` gives {case: (ns, calls)}. Returns {case: {mode: Added}}; the baselines between modes are shared."""
    samples = {}
    before = run("native")
    for repeat in range(repeats):
        for mode in modes:
            progress(f"repeat {repeat + 1} of {repeats}: {mode}")
            inside = run(mode)
            after = run("native")
            for case, (value, _) in inside.items():
                samples.setdefault(case, {}).setdefault(mode, []).append((before[case][0], value, after[case][0]))
            before = after
    return {case: {mode: summarize(triples) for mode, triples in by_mode.items()}
            for case, by_mode in samples.items()}


def summarize(triples):
    """Medians over the accepted pairs; the quartiles show how far to trust them."""
    accepted = [(first, value, last) for first, value, last in triples
                if abs(first - last) <= MAX_BASELINE_DIFFERENCE * min(first, last)]
    result = {"pairs": len(triples), "accepted": len(accepted), "native": None, "added": None, "quartiles": None}
    if accepted:
        added = sorted(value - (first + last) / 2 for first, value, last in accepted)
        result["native"] = statistics.median((first + last) / 2 for first, _, last in accepted)
        result["added"] = statistics.median(added)
        result["quartiles"] = [added[len(added) // 4], added[(3 * len(added)) // 4]]
    return result

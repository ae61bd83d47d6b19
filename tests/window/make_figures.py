# SPDX-License-Identifier: Apache-2.0
"""Writes the figures of the tests: made up, the same every time, one of each form. Usage: make_figures.py FOLDER"""
import json
import math
import os
import sys

STYLE = {"width": "one-column", "height_in": 2.4}
NAMES = ["Open MPI shm", "Open MPI tcp", "MPICH shm", "MPICH tcp"]


def wobble(number):
    """A number from 0 to 1 that looks random."""
    return math.modf(math.sin(number * 12.9898) * 43758.5453)[0] % 1


def axis(label, scale, **more):
    return {"label": label, "scale": scale, **more}


def bandwidth(series, size):
    latency, peak = [(0.5, 9.5), (9.0, 2.1), (0.6, 8.7), (12.0, 1.9)][series]
    return size / (latency * 1000 + size / peak)


def curves():
    series = []
    for number, name in enumerate(NAMES):
        points = []
        for power in range(0, 23):
            size = 2 ** power
            value = bandwidth(number, size)
            spread = 0.03 + 0.1 * wobble(power + 31 * number)
            points.append({"x": size, "y": value, "low": value * (1 - spread), "high": value * (1 + spread), "launches": 6})
        series.append({"name": name, "look": number, "baseline": number == 0, "points": points})
    return series


def ratio():
    result = curves()
    base = result[0]["points"]
    for one in result:
        for point, under in zip(one["points"], base):
            for field in ("low", "high", "y"):
                point[field] /= under["y"]
    return result


def cdf():
    series = []
    for number, name in enumerate(NAMES[:3]):
        values = sorted(400 * (1 + number) * (1 + 9 * wobble(i + 100 * number) ** 6) for i in range(60))
        series.append({"name": name, "points": [{"x": value, "y": (i + 1) / 60} for i, value in enumerate(values)]})
    return series


def boxes():
    series = []
    for number, name in enumerate(NAMES):
        values = sorted(2.1 + 0.4 * number + 0.3 * wobble(i + 7 * number) for i in range(8))
        series.append({"name": name, "look": number, "boxes": [
            {"x": number, "min": values[0], "q25": values[2], "median": (values[3] + values[4]) / 2, "q75": values[5],
             "max": values[7], "values": values}]})
    return series


def parts():
    shares = {"MPI_Allreduce": (21, 30, 18, 33), "MPI_Waitall": (14, 22, 17, 20), "MPI_Send": (6, 9, 5, 12),
              "MPI_Irecv": (1, 2, 1, 2), "other": (3, 4, 3, 4)}
    return [{"name": name, "points": [{"x": i, "y": value} for i, value in enumerate(values)]}
            for name, values in shares.items()]


def points():
    return [{"name": name, "baseline": number == 0, "points": [
        {"x": row + 0.22 * (2 * number - 1), "y": 1 + row + 0.2 * number, "low": 0.8 + row, "high": 1.5 + row + 0.3 * wobble(row),
         "launches": 6, "note": "~"} for row in range(len(NAMES))]} for number, name in enumerate(("native", "translated"))]


def waterfall():
    steps = [("Open MPI shm", 12.4, "total"), ("MPI_Allreduce", 1.9, "speed"), ("MPI_Waitall", 0.8, "waiting"),
             ("MPI_Send", -0.5, "speed"), ("outside MPI", 0.2, ""), ("MPICH tcp", 14.8, "total")]
    return [step[0] for step in steps], [{"points": [{"x": i, "y": step[1], "note": step[2]} for i, step in enumerate(steps)]}]


def heatmap(ranks):
    values = []
    for row in range(ranks):
        for column in range(ranks):
            near = (row - column) % ranks in (1, ranks - 1, 4, ranks - 4)
            values.append(2 ** 20 * (1 + wobble(row * ranks + column)) if near else None)
    return {"columns": ranks, "rows": ranks, "values": values}


def density():
    columns, rows = 20, 40
    values = []
    for row in range(rows):
        for column in range(columns):
            centre = 8 + 0.02 * column ** 2 + (4 if column > 12 else 0)
            count = 3000 * math.exp(-((row - centre) ** 2) / 5) * wobble(row + column * rows)
            values.append(count if count >= 1 else None)
    return {"columns": columns, "rows": rows, "values": values, "column_edges": [2 ** i for i in range(columns + 1)],
            "row_edges": [100 * 10 ** (i / 10) for i in range(rows + 1)]}


def figures():
    sizes = axis("Message size", "log2", quantity="bytes")
    yield "bandwidth", "curve", {"metric": "bandwidth", "unit": "GB/s", "x": sizes, "y": axis("Bandwidth (GB/s)", "log10")}, curves()
    # Zoomed: what lies outside must not be drawn over the axes.
    yield "zoomed", "curve", {"metric": "bandwidth", "unit": "GB/s", "x": {**sizes, "min": 64, "max": 65536},
                              "y": axis("Bandwidth (GB/s)", "linear", min=0.5, max=4)}, curves()
    yield "ratio", "ratio", {"metric": "ratio", "x": sizes, "y": axis("Bandwidth relative to Open MPI shm", "log10"),
                             "references": [{"y": 1}], "bands": [{"low": 0.96, "high": 1.04}]}, ratio()
    yield "cdf", "cdf", {"metric": "share of calls", "x": axis("Time of a call", "log10", quantity="duration"),
                         "y": axis("Share of calls", "linear")}, cdf()
    yield "box", "box", {"metric": "wall time", "unit": "s", "x": axis("", "category", categories=NAMES),
                         "y": axis("Run time (s)", "linear")}, boxes()
    yield "stacked", "stacked", {"metric": "share", "unit": "%", "x": axis("", "category", categories=NAMES),
                                 "y": axis("Share of run time (%)", "linear")}, parts()
    yield "points", "points", {"metric": "time", "unit": "s", "x": axis("", "category", categories=NAMES),
                               "y": axis("Time (s)", "linear")}, points()
    names, steps = waterfall()
    yield "waterfall", "waterfall", {"metric": "run time", "unit": "s", "x": axis("", "category", categories=names),
                                     "y": axis("Run time (s)", "linear")}, steps
    yield "scaling", "scaling", {"metric": "run time", "unit": "s", "x": axis("Ranks", "log2"), "y": axis("Run time (s)", "log10")}, [
        {"name": name, "points": [{"x": 2 ** i, "y": (10 + n) / 2 ** i + 0.3 * n} for i in range(6)]} for n, name in enumerate(NAMES[:2])]
    yield "heatmap", "heatmap", {"metric": "bytes", "unit": "bytes", "x": axis("Receiver", "linear", quantity="whole"), "y": axis("Sender", "linear", quantity="whole"),
                                 "colours": {"label": "Bytes sent", "logarithmic": True}}, heatmap(16)
    yield "density", "density", {"metric": "calls", "x": sizes, "y": axis("Time of a call", "log10", quantity="duration"),
                                 "colours": {"label": "Calls", "logarithmic": True}}, density()


def main():
    folder = sys.argv[1]
    for name, form, rest, data in figures():
        panel = {"matrix": data} if isinstance(data, dict) else {"series": data}
        figure = {"tulkki_figure": 1, "form": form, **rest, "style": STYLE, "panels": [panel]}
        with open(os.path.join(folder, name + ".json"), "w", encoding="utf-8") as file:
            json.dump(figure, file)
    # Small multiples, two columns wide, in grey.
    panels = [{"title": title, "series": curves()[first:first + 2]} for title, first in (("2 ranks", 0), ("4 ranks", 2))]
    with open(os.path.join(folder, "panels.json"), "w", encoding="utf-8") as file:
        json.dump({"tulkki_figure": 1, "form": "curve", "metric": "bandwidth", "unit": "GB/s", "title": "Bandwidth by ranks",
                   "x": axis("Message size", "log2", quantity="bytes"), "y": axis("Bandwidth (GB/s)", "log10"),
                   "style": {"width": "two-column", "height_in": 2.6, "grey": True}, "panels": panels}, file)


if __name__ == "__main__":
    main()

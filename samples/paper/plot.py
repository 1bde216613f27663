"""The curves that tcpprobe would draw, by matplotlib, a panel below the other:

    tcpprobe export --plotted --style paper -p cwnd,rtt samples/cubic.log.gz >plotted.csv
    python3 samples/paper/plot.py plotted.csv plotted.pdf
"""
import csv
import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def read(path):
    """{panel: {(quantity, name, piece): ([x], [y])}} of the curves, in the order of the file."""
    panels, units = {}, {}
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["shape"] != "curve":
                continue
            curves = panels.setdefault(row["panel"], {})
            xs, ys = curves.setdefault((row["quantity"], row["name"], row["piece"]), ([], []))
            xs.append(float(row["x"]))
            ys.append(float(row["y"]))
            units[row["panel"]] = row["x_unit"], row["y_unit"]
    return panels, units


def main(data, out):
    panels, units = read(data)
    figure, axes = plt.subplots(len(panels), squeeze=False, figsize=(3.46, 1.6 * len(panels)))
    for axis, (panel, curves) in zip(axes[:, 0], panels.items()):
        named = set()
        for (quantity, _, _), (xs, ys) in curves.items():
            axis.plot(xs, ys, linewidth=1, color=f"C{sorted({k[0] for k in curves}).index(quantity)}",
                      label=None if quantity in named else quantity)
            named.add(quantity)
        axis.set_xlabel(units[panel][0])
        axis.set_ylabel(f"{panel} ({units[panel][1]})")
        axis.legend(fontsize=6)
    figure.tight_layout()
    figure.savefig(out)


main(*sys.argv[1:])

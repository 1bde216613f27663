#!/usr/bin/env python3
"""tcpprobe.py: traces of TCP in Python, by what `tcpprobe export` and `tcpprobe plot` say.

    import tcpprobe
    for sample in tcpprobe.parse_trace("t.log.gz", metrics=["snd_cwnd", "srtt"]):
        print(sample["time_s"], sample["src"], sample["metric"], sample["value"])
    tcpprobe.parse_line(line)["snd_cwnd"]          # one line of a trace, as a dictionary
    tcpprobe.plot_trace("t.log.gz", "t.png", flow="2")

    $ samples/tcpprobe.py samples/cubic.log.gz     # the congestion window of each flow, and a picture

Needs Python 3.7 and tcpprobe, which TCPPROBE names where it is not in PATH. What a line, a flow or a
sample does not have is no key of its dictionary. A list of dictionaries is what pandas.DataFrame() takes.
"""
import json
import os
import subprocess
import sys

PROGRAM = os.environ.get("TCPPROBE", "tcpprobe")


class TraceError(Exception):
    """What tcpprobe said: "FILE:LINE: sentence"."""


def _arguments(options):
    """since=1.5 becomes --since=1.5, all=True becomes --all."""
    for name, value in options.items():
        name = "--" + name.rstrip("_").replace("_", "-")
        if value is True:
            yield name
        elif value is not None and value is not False:
            yield f"{name}={value}"


def _rows(command, files, options, stdin=None):
    """Dictionaries, as they come. Whoever stops early ends the program."""
    arguments = [PROGRAM, *command, "--quiet", "--format=ndjson", *_arguments(options), "--", *files]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE if stdin else None, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as program:
        if stdin:
            program.stdin.write(stdin)
            program.stdin.close()
        try:
            for line in program.stdout:
                yield {name: value for name, value in json.loads(line).items() if value is not None}
        except GeneratorExit:
            program.terminate()
            raise
        said = program.stderr.read().strip()
    if program.returncode != 0:
        raise TraceError(said.replace("tcpprobe: ", "", 1))


def parse_trace(*files, metrics=None, bin=None, **options):
    """Samples of traces and captures: time_s, flow, src, dst, metric, value, unit. bin="100ms": what
    those of each bin come to. Options of `tcpprobe export`: filter, flow, since, until."""
    return _rows(["export"], files, {"metric": metrics and ",".join(metrics), "bin": bin, **options})


def parse_events(*files, **options):
    """The records themselves, with the kernel's names for their fields."""
    return _rows(["export", "--events"], files, options)


def parse_line(line):
    """One line of a trace as the record that it is."""
    for record in _rows(["export", "--events"], ["-"], {}, stdin=line.rstrip("\n") + "\n"):
        return record
    raise TraceError("the line holds no event")


def flows(*files, **options):
    """A dictionary of every figure for each flow; options of `tcpprobe flows`."""
    return list(_rows(["flows"], files, {"all": True, **options}))


def plot_trace(file, output, **options):
    """Draws a picture; options of `tcpprobe plot`: flow, panels, theme, size ..."""
    arguments = [PROGRAM, "plot", "--quiet", f"--output={output}", *_arguments(options), "--", file]
    done = subprocess.run(arguments, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise TraceError(done.stderr.strip().replace("tcpprobe: ", "", 1))


def main(files):
    for flow in flows(*files, sort="-id"):
        print(f'flow {flow["id"]}: {flow["src"]} -> {flow["dst"]}')
        for row in parse_trace(*files, metrics=["snd_cwnd"], bin="1s", flow=flow["id"]):
            if row["src"] == flow["src"]:
                print(f'  {row["time_s"]} s: {row.get("mean", row["last"]):.1f} segments')
    plot_trace(files[0], "tcpprobe.png")


if __name__ == "__main__":
    try:
        main(sys.argv[1:] or sys.exit(__doc__))
    except TraceError as error:
        sys.exit(f"tcpprobe.py: {error}")

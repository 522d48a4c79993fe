#!/usr/bin/env python3
"""bench/frontier.py [--check] [FILE]: draws bench/frontier.svg, what a backfill's speed costs the application beside it.

FILE is the output of bench/impact/run, or a document with the table made of it (default: bench/README.md); - is the
standard input. Each candidate is a point at its rows a second and the application's p99, and a ring at the longest
latency. With --check nothing is written: it fails when the picture is not the one that FILE makes. Standard library only.
"""
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
PICTURE = HERE / "frontier.svg"

WIDTH, HEIGHT = 760, 470
LEFT, RIGHT, TOP, BOTTOM = 74, 36, 52, 60
LETTER, LINE = 7.2, 15  # of a label, in pixels; wide enough for any sans-serif font of this size
POINT, RING, RISER, IDLE, GRID = "#1f6f8b", "#b3541e", "#9aa5ab", "#4a7c3a", "#e3e7e9"


class Candidate:
    """One way to do the job: rows a second, and latencies in ms."""

    def __init__(self, name, rows, p99, longest):
        self.name, self.rows, self.p99, self.longest = name, float(rows), float(p99), float(longest)


def from_table(lines):
    """Rows of the table whose head begins with "beside"."""
    head, found = None, []
    for line in lines:
        cells = [cell.strip().replace(",", "") for cell in line.strip().strip("|").split("|")]
        if cells[0] == "beside":
            head = {name: place for place, name in enumerate(cells)}
        elif head and line.startswith("|---"):
            continue
        elif head and line.startswith("|"):
            found.append(Candidate(cells[0], cells[head["rows/s"]] or 0, cells[head["p99"]], cells[head["max"]]))
        elif head:
            break
    return found


def from_run(lines):
    """The medians at the end of what bench/impact/run prints: name, rows/s, p50, p95, p99, max, and more."""
    found = []
    for line in lines[lines.index("medians:") + 1:]:
        words = line.split()
        if len(words) >= 6:
            found.append(Candidate(words[0], words[1], words[4], words[5]))
    return found


def read(name):
    text = sys.stdin.read() if name == "-" else pathlib.Path(name).read_text(encoding="utf-8")
    lines = text.splitlines()
    candidates = from_run(lines) if "medians:" in lines else from_table(lines)
    idle = [one for one in candidates if one.name in ("none", "nothing")]
    others = [one for one in candidates if one not in idle]
    if len(idle) != 1 or not others:
        sys.exit(f"{name}: needs candidates, and one that is called none or nothing")
    return idle[0], others


class Axes:
    """Where values lie: rows from 0 on, latency by its logarithm. Both end at a round number beyond the data."""

    def __init__(self, idle, others):
        most = max(one.rows for one in others)
        self.step = next(s for e in range(3, 9) for s in (10 ** e, 2 * 10 ** e, 5 * 10 ** e) if most <= 6 * s)
        self.right = self.step * math.ceil(1.08 * most / self.step)
        self.low = math.floor(math.log10(min([idle.p99] + [one.p99 for one in others])))
        self.high = math.ceil(math.log10(max([idle.longest] + [one.longest for one in others])))

    def x(self, rows):
        return LEFT + (WIDTH - LEFT - RIGHT) * rows / self.right

    def y(self, latency):
        share = (math.log10(latency) - self.low) / (self.high - self.low)
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share


def number(value):
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def line(x1, y1, x2, y2, colour, more=""):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}"{more}/>'


def text(x, y, words, anchor="start", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{words}</text>'


def grid(axes):
    out = []
    for power in range(axes.low, axes.high + 1):
        for digit in range(1, 10 if power < axes.high else 2):
            y = axes.y(digit * 10 ** power)
            if digit in (1, 2, 5):
                out.append(line(LEFT, y, WIDTH - RIGHT, y, GRID))
                out.append(text(LEFT - 8, y + 4, number(digit * 10 ** power), "end"))
    for rows in range(0, int(axes.right) + 1, axes.step):
        out.append(line(axes.x(rows), TOP, axes.x(rows), HEIGHT - BOTTOM, GRID))
        out.append(text(axes.x(rows), HEIGHT - BOTTOM + 18, f"{rows:,}", "middle"))
    middle = (TOP + HEIGHT - BOTTOM) / 2
    out.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 16, "rows a second", "middle"))
    out.append(text(18, middle, "latency of the application, ms", "middle", f' transform="rotate(-90 18 {middle:.1f})"'))
    return out


def overlap(one, other):
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def place(x, y, words, taken):
    """The first box beside or around a point that covers nothing drawn so far; boxes are left, top, right, bottom."""
    width = LETTER * len(words)
    sides = [(x + 9, 0), (x - 9 - width, 0)]
    for rise in (0, -16, 16, -32, 32, -48, 48):
        for left, _ in sides:
            box = (left, y + rise - LINE / 2, left + width, y + rise + LINE / 2)
            inside = LEFT + 2 < box[0] and box[2] < WIDTH - RIGHT and TOP < box[1] and box[3] < HEIGHT - BOTTOM
            if inside and not any(overlap(box, other) for other in taken):
                return box
    sys.exit(f"there is no room for the label {words}")


def marks(axes, others):
    """Points, rings and what joins them; and the boxes they cover."""
    out, taken = [], []
    for one in others:
        x, point, ring = axes.x(one.rows), axes.y(one.p99), axes.y(one.longest)
        out.append(line(x, point, x, ring + 5, RISER, ' stroke-dasharray="2 3"'))
        out.append(f'<circle cx="{x:.1f}" cy="{point:.1f}" r="5" fill="{POINT}"/>')
        out.append(f'<circle cx="{x:.1f}" cy="{ring:.1f}" r="5" fill="white" stroke="{RING}" stroke-width="2"/>')
        taken.append((x - 6, ring - 6, x + 6, point + 6))
    return out, taken


def labels(axes, others, taken):
    out = []
    wanted = [(one, one.p99, f"{one.name} {number(one.p99)}") for one in others]
    wanted += [(one, one.longest, number(one.longest)) for one in others]
    for one, latency, words in wanted:
        x, y = axes.x(one.rows), axes.y(latency)
        box = place(x, y, words, taken)
        taken.append(box)
        if not box[1] < y < box[3]:  # not beside its point: say which one it is of
            out.append(line(x, y, box[0] - 2 if box[0] > x else box[2] + 2, (box[1] + box[3]) / 2, RISER))
        weight = ' font-weight="bold"' if latency == one.p99 else ""
        out.append(text(box[0], box[3] - 3.5, words, "start", weight))
    return out


def draw(idle, others):
    axes = Axes(idle, others)
    y = axes.y(idle.p99)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
           'font-size="12" fill="#263238">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    out.append(text(LEFT, 24, "What speed costs the application", "start", ' font-size="15" font-weight="bold"'))
    out.append(f'<circle cx="{LEFT + 6}" cy="40" r="5" fill="{POINT}"/>' + text(LEFT + 16, 44, "p99"))
    out.append(f'<circle cx="{LEFT + 56}" cy="40" r="5" fill="white" stroke="{RING}" stroke-width="2"/>' +
               text(LEFT + 66, 44, "longest"))
    out += grid(axes)
    out.append(line(LEFT, y, WIDTH - RIGHT, y, IDLE, ' stroke-width="1.5" stroke-dasharray="6 4"'))
    drawn, taken = marks(axes, others)
    words = f"without a backfill: p99 {number(idle.p99)}"
    out.append(text(WIDTH - RIGHT - 6, y + 16, words, "end", f' fill="{IDLE}"'))
    taken.append((LEFT, y - 1, WIDTH - RIGHT, y + 1))
    taken.append((WIDTH - RIGHT - 6 - LETTER * len(words), y, WIDTH - RIGHT, y + 20))
    return "\n".join(out + labels(axes, others, taken) + drawn + ["</svg>"]) + "\n"


def main(arguments):
    check = "--check" in arguments
    files = [one for one in arguments if one != "--check"] or [str(HERE / "README.md")]
    picture = draw(*read(files[0]))
    if not check:
        PICTURE.write_text(picture, encoding="utf-8")
    elif not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != picture:
        sys.exit(f"{PICTURE.name} does not show what {files[0]} says: run bench/frontier.py")


if __name__ == "__main__":
    main(sys.argv[1:])

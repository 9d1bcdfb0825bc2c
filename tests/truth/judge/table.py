"""The judge's report as a table for people."""


def table(report):
    lines = [f"{'kind':<16}{'true':>6}{'drawn':>7}{'precision':>11}{'recall':>9}{'exact':>7}"
             f"{'group':>7}{'missing':>9}{'wrong':>7}{'leaks':>7}"]
    for kind, row in report["edges"]["kinds"].items():
        lines.append(
            f"{kind:<16}{row['true_edges']:>6}{row['drawn_edges']:>7}{row['precision']:>11.4f}"
            f"{row['recall']:>9.4f}{row['exact']:>7}{row['group']:>7}{row['missing']:>9}"
            f"{sum(row['wrong'].values()):>7}{row['leaks']:>7}")
    lines += ["", *_processes(report["processes"]), "", *_times(report.get("times")),
              *_numbers(report["edges"]["numbers"]), "", *_cases(report["edges"]["cases"])]
    for row in report["edges"]["wrong"][:20]:
        lines.append(f"WRONG   {row['verdict']}: {row['source']} -> {row['target']} "
                     f"{row['edge']['protocol']}/{row['edge']['port']} ({row['case']}, "
                     f"{row['edge']['state']}, attribution {row['edge']['attribution']})")
    for row in report["edges"]["missing"][:20]:
        lines.append(f"MISSING {row['client']} -> {row['server']} {row['protocol']}/{row['port']} "
                     f"({row['case']})")
    for row in report["edges"]["grouped"][:20]:
        lines.append(f"GROUP   {row['client']} -> {row['server']} {row['protocol']}/{row['port']} "
                     f"({row['case']})")
    lines += [f"FAILED  {reason}" for reason in report["failures"]]
    lines.append("the map is not true" if report["failures"] else "the map is true")
    return "\n".join(lines)


def _processes(row):
    return [f"processes: {row['real']} real, {row['drawn']} drawn, {len(row['missing'])} missing, "
            f"{len(row['phantom'])} phantom, {len(row['duplicate'])} by two probes, "
            f"{len(row['wrong_host'])} on a wrong host"]


def _times(times):
    if not times:
        return []
    lines = [f"{'milliseconds':<16}{'':>12}{'count':>7}{'p50':>9}{'p99':>9}{'max':>9}"]
    for kind, rows in times["kinds"].items():
        for name, value in rows.items():
            lines.append(f"{kind:<16}{name:>12}{value['count']:>7}{value['p50']:>9.0f}"
                         f"{value['p99']:>9.0f}{value['max']:>9.0f}")
    lines.append(f"(seen by polling every {times['poll_ms']:.0f} ms; wrong at any time: "
                 f"{times['wrong_at_any_time'] or 'nothing'})")
    return [*lines, ""]


def _numbers(numbers):
    return [f"{kind}: {row['opened_drawn']} of {row['opened_true']} connections counted on exact edges; "
            f"active differs on {len(row['active_differs'])}" for kind, row in numbers.items()]


def _cases(cases):
    lines = [f"{'case':<50}{'true':>6}{'exact':>7}{'group':>7}{'missing':>9}"]
    for name, row in cases.items():
        lines.append(f"{name:<50}{row['true_edges']:>6}{row['exact']:>7}{row['group']:>7}"
                     f"{row['missing']:>9}")
    return [*lines, ""]

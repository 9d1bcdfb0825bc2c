"""Compares a map with the truth: no networking, no clocks, values in and values out.

Input (all JSON values): the *truth* of hosts/truth.py, a *map* as `GET /api/v1/views/processes`
answers it, the *sightings* of hosts/watch.py, and the pids each host really had.

An edge of the map is one of these:

| verdict       | meaning                                                                       |
|---------------|-------------------------------------------------------------------------------|
| exact         | the truth has this edge: same two processes, protocol and port                 |
| group         | an end is a listener group or unattributed, and the truth has such an edge     |
| leak          | addresses that mean something on one host (or namespace) only joined two of them |
| wrong_host    | right client (or server), but the other end is on the wrong host               |
| wrong_process | right hosts, but a process that had no part in it                              |
| reversed      | the truth has it the other way round                                           |
| unresolved    | a process we know is drawn as a peer that is not                               |
| invented      | nothing in the truth is like it                                                |
"""

import re
from collections import Counter, defaultdict

EXACT, GROUP = "exact", "group"
WRONG_ATTRIBUTION = ("leak", "wrong_host", "wrong_process")
WRONG = (*WRONG_ATTRIBUTION, "reversed", "unresolved", "invented")
GROUP_KINDS = ("listener_group", "unattributed")
#: The host id that the truth gives to what runs where no probe is.
OUTSIDE = "outside"
ENDED = "ended"


class Truth:
    """The truth, indexed for questions about one edge."""

    def __init__(self, truth):
        self.processes = {(each["host"], each["pid"]): each for each in truth["processes"]}
        self.outside = set(truth["outside"])
        self.ports = {each["port"]: each for each in truth["ports"]}
        self.edges = {}
        for edge in truth["edges"]:
            client, server = self._end(edge["client"]), self._end(edge["server"])
            self.edges[(client, server, edge["protocol"], edge["port"])] = edge
        self._by_port = defaultdict(list)
        for key in self.edges:
            self._by_port[key[2:]].append(key)

    @staticmethod
    def _end(process):
        """No probe tells outside processes apart, so neither does the truth."""
        host, pid = process
        return (OUTSIDE, None) if host == OUTSIDE else (host, pid)

    def alike(self, protocol, port):
        """Every true edge with this protocol and port."""
        return self._by_port.get((protocol, port), [])

    def kind(self, port):
        """The kind of case a port belongs to; what no case owns is held to the strictest."""
        return self.ports.get(port, {}).get("kind", "long")

    def realm(self, port):
        return self.ports.get(port, {}).get("realm", "global")


class Ends:
    """Tells what a node of the map stands for, as (host, pid), a group, or something else."""

    def __init__(self, truth, nodes):
        self._truth = truth
        self._nodes = {node["id"]: node for node in nodes}

    def of(self, node_id):
        node = self._nodes.get(node_id)
        if node is None:
            return ("missing", node_id)
        if node["kind"] == "process":
            return (node["group"], int(node["attributes"].get("pid", -1)))
        if node["kind"] in GROUP_KINDS:
            return ("group", node["group"])
        if node["kind"] == "lan_host" and self._truth.outside & _addresses_in(node):
            return (OUTSIDE, None)
        return (node["kind"], node_id)


def _addresses_in(node):
    """The addresses that an inferred host's id or label speaks of, whole (10.0.0.1 is not 10.0.0.11)."""
    words = {node["label"].strip("[]")}
    words.update(re.findall(r"[0-9.]+", f"{node['id']} {node['label']}"))
    return words


def is_group(end):
    return end[0] == "group"


def covers(seen, true):
    """Whether this end of an edge of the map stands for that end of a true edge."""
    return seen == true or (is_group(seen) and seen[1] == true[0])


def verdict(truth, source, target, protocol, port):
    """(verdict, the true edges it speaks of) for one edge of the map."""
    if (source, target, protocol, port) in truth.edges:
        return EXACT, [(source, target, protocol, port)]
    alike = truth.alike(protocol, port)
    if is_group(source) or is_group(target):
        covered = [key for key in alike if covers(source, key[0]) and covers(target, key[1])]
        return (GROUP, covered) if covered else ("invented", [])
    if any((key[0], key[1]) == (target, source) for key in truth.edges):
        return "reversed", []
    known = [end in truth.processes or end == (OUTSIDE, None) for end in (source, target)]
    if not all(known):
        partly = any(source == key[0] or target == key[1] for key in alike)
        return ("unresolved" if partly else "invented"), []
    if not alike:
        return "invented", []
    if truth.realm(port) != "global" and not _same_realm(truth, source, target, port):
        return "leak", []
    hosts = {(key[0][0], key[1][0]) for key in alike}
    return ("wrong_process" if (source[0], target[0]) in hosts else "wrong_host"), []


def _same_realm(truth, source, target, port):
    """Whether these two could have met at all at addresses of this port's realm."""
    if source[0] != target[0]:
        return False
    if truth.realm(port) == "host":
        return True
    return truth.processes[source].get("place") == truth.processes[target].get("place")


def judge_edges(truth, the_map):
    """Per kind of case: precision, recall, attribution, and every single thing that is wrong."""
    ends = Ends(truth, the_map["nodes"])
    found, wrong, drawn = {}, [], defaultdict(Counter)
    for edge in the_map["edges"]:
        source, target = ends.of(edge["source"]), ends.of(edge["target"])
        said, spoken_of = verdict(truth, source, target, edge["protocol"], edge["port"])
        kind = truth.kind(edge["port"])
        # What has ended may still be drawn for a while, but it need not be.
        drawn[kind][said] += 1
        if said in WRONG:
            wrong.append({"verdict": said, "kind": kind, "source": source, "target": target,
                          "case": truth.ports.get(edge["port"], {}).get("case"), "edge": edge})
        for key in spoken_of:
            if found.get(key, (None,))[0] != EXACT:
                found[key] = (said, edge)
    return {"kinds": {kind: _summary(truth, kind, found, drawn[kind])
                      for kind in sorted({truth.kind(key[3]) for key in truth.edges} | drawn.keys())},
            "wrong": wrong,
            "missing": [_told(key, edge) for key, edge in truth.edges.items() if key not in found],
            "grouped": [_told(key, truth.edges[key]) for key, (said, _) in found.items()
                        if said == GROUP],
            "cases": _cases(truth, found),
            "numbers": _numbers(truth, found)}


def _summary(truth, kind, found, drawn):
    true = [key for key in truth.edges if truth.kind(key[3]) == kind]
    exact = sum(found.get(key, (None,))[0] == EXACT for key in true)
    group = sum(found.get(key, (None,))[0] == GROUP for key in true)
    right = drawn[EXACT] + drawn[GROUP]
    return {"true_edges": len(true), "drawn_edges": sum(drawn.values()),
            "precision": right / sum(drawn.values()) if drawn else 1.0,
            "recall": (exact + group) / len(true) if true else 1.0,
            "exact": exact, "group": group, "missing": len(true) - exact - group,
            "attribution_exact": exact / len(true) if true else 1.0,
            "wrong": {name: drawn[name] for name in WRONG if drawn[name]},
            "wrong_attribution": sum(drawn[name] for name in WRONG_ATTRIBUTION),
            "leaks": drawn["leak"]}


def _told(key, edge):
    return {"client": key[0], "server": key[1], "protocol": key[2], "port": key[3],
            "case": edge["case"], "kind": edge["kind"]}


def _cases(truth, found):
    cases = {}
    for key, edge in sorted(truth.edges.items(), key=lambda item: item[0][3]):
        case = cases.setdefault(edge["case"], {"kind": edge["kind"], "true_edges": 0, "exact": 0,
                                               "group": 0, "missing": 0})
        case["true_edges"] += 1
        case[found.get(key, ("missing",))[0]] += 1
    return cases


def _numbers(truth, found):
    """Edges whose counts differ from the truth's (exact ones only: a group adds up several)."""
    result = {}
    for key, (said, edge) in found.items():
        true = truth.edges[key]
        counts = result.setdefault(true["kind"], {"opened_true": 0, "opened_drawn": 0,
                                                  "active_differs": []})
        if said != EXACT:
            continue
        counts["opened_true"] += true["opened"]
        counts["opened_drawn"] += int(edge["opened"])
        if int(edge["active"]) != true["active"]:
            counts["active_differs"].append(
                {**_told(key, true), "true": true["active"], "drawn": int(edge["active"])})
    return result


def judge_processes(truth, the_map, pids):
    """Exactly one probe per process, and no process that is not there.

    `pids` are two readings around the map's: {"before": {host: [pid]}, "after": {...}}.
    """
    seen = Counter()
    for node in the_map["nodes"]:
        if node["kind"] == "process" and node["state"] != ENDED:
            seen[(node["group"], int(node["attributes"].get("pid", -1)))] += 1
    before, after = (_pairs(pids[when]) for when in ("before", "after"))
    real = before & after
    return {"real": len(real), "drawn": sum(seen.values()),
            "missing": sorted(real - seen.keys()),
            "phantom": sorted(seen.keys() - (before | after)),
            "duplicate": sorted(process for process, times in seen.items() if times > 1),
            "wrong_host": _strangers(truth, the_map)}


def _pairs(pids):
    return {(host, pid) for host, ours in pids.items() for pid in ours}


def _strangers(truth, the_map):
    """Workload processes, told by the name on their command line, on a host that never ran them."""
    hosts = defaultdict(set)
    for (host, _), process in truth.processes.items():
        hosts[process["name"]].add(host)
    result = []
    for node in the_map["nodes"]:
        words = str(node["attributes"].get("cmdline", "")).split() if node["kind"] == "process" else []
        if "--name" not in words[:-1]:
            continue
        name = words[words.index("--name") + 1]
        if name in hosts and node["group"] not in hosts[name]:
            result.append({"name": name, "host": node["group"], "id": node["id"]})
    return result


def judge_times(truth, sightings):
    """How long edges took to appear, to be drawn as ended and to go, in milliseconds per kind."""
    ends = Ends(truth, sightings["nodes"].values())
    times = defaultdict(lambda: defaultdict(list))
    wrong = Counter()
    for sighting in sightings["edges"]:
        key = (ends.of(sighting["source"]), ends.of(sighting["target"]), sighting["protocol"],
               sighting["port"])
        true = truth.edges.get(key)
        if true is None:
            said, _ = verdict(truth, *key)
            if said in WRONG:
                wrong[said] += 1
            continue
        spent = times[true["kind"]]
        if true["opened_ns"] is not None:
            spent["appear_ms"].append((sighting["first_ns"] - true["opened_ns"]) / 1e6)
        if true["active"] == 0 and true["closed_ns"] is not None:
            for name, moment in (("ended_ms", "ended_ns"), ("gone_ms", "gone_ns")):
                if sighting[moment] is not None:
                    # An edge of short connections may be drawn as ended between two of them.
                    spent[name].append(max(0, sighting[moment] - true["closed_ns"]) / 1e6)
    return {"kinds": {kind: {name: quantiles(values) for name, values in spent.items()}
                      for kind, spent in times.items()},
            "poll_ms": sightings["poll_ms"],
            "wrong_at_any_time": dict(wrong)}


def quantiles(values):
    """Count, median, 99th percentile (nearest rank) and maximum."""
    ordered = sorted(values)
    rank = max(0, -(-99 * len(ordered) // 100) - 1)
    return {"count": len(ordered), "p50": ordered[len(ordered) // 2], "p99": ordered[rank],
            "max": ordered[-1]}


def failures(report):
    """The reasons why this map does not pass, as sentences; none when it does."""
    reasons = []
    long_lived = report["edges"]["kinds"].get("long")
    if long_lived is None or long_lived["true_edges"] == 0:
        reasons.append("no long-lived edges were judged")
    else:
        for name in ("precision", "recall", "attribution_exact"):
            if long_lived[name] < 1.0:
                reasons.append(f"long-lived {name.replace('_', ' ')} is {long_lived[name]:.4f}")
    for kind, summary in report["edges"]["kinds"].items():
        for name in ("wrong_attribution", "leaks"):
            if summary[name]:
                reasons.append(f"{kind}: {summary[name]} edges with {name.replace('_', ' ')}")
    for name in ("missing", "phantom", "duplicate", "wrong_host"):
        if report["processes"][name]:
            reasons.append(f"processes {name.replace('_', ' ')}: {report['processes'][name][:5]}")
    return reasons


def judge(truth, the_map, pids):
    """The report on one map (times are added by judge_times)."""
    known = Truth(truth)
    report = {"edges": judge_edges(known, the_map), "processes": judge_processes(known, the_map, pids)}
    report["failures"] = failures(report)
    return report

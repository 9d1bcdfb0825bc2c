"""The judge must be able to say no: made-up maps, right and wrong in every way we know."""

import unittest

from judge.judge import Truth, failures, judge, judge_edges, judge_processes, judge_times
from judge.made_up import drawn, node, pids, truth
from judge.table import table

TRUE = """
alpha.1 -> beta.2 tcp 7001
alpha.3 -> beta.2 tcp 7001
"""
PIDS = "alpha: 1 3\nbeta: 2"


def edges(true, seen, places=None):
    return judge_edges(Truth(truth(true, places)), drawn(seen))


def verdicts(true, seen, places=None):
    return [wrong["verdict"] for wrong in edges(true, seen, places)["wrong"]]


class EdgeTest(unittest.TestCase):
    def test_the_truth_itself_is_perfect(self):
        row = edges(TRUE, TRUE)["kinds"]["long"]
        self.assertEqual((row["precision"], row["recall"], row["attribution_exact"]), (1, 1, 1))
        self.assertEqual(judge(truth(TRUE), drawn(TRUE), pids(PIDS))["failures"], [])

    def test_a_missing_edge_costs_recall(self):
        report = edges(TRUE, "alpha.1 -> beta.2 tcp 7001")
        self.assertEqual(report["kinds"]["long"]["recall"], 0.5)
        self.assertEqual(report["kinds"]["long"]["precision"], 1)
        self.assertEqual([each["client"] for each in report["missing"]], [("alpha", 3)])

    def test_an_empty_map_is_not_true(self):
        self.assertTrue(judge(truth(TRUE), {"nodes": [], "edges": []}, pids(PIDS))["failures"])

    def test_an_empty_truth_proves_nothing(self):
        self.assertTrue(judge(truth(""), {"nodes": [], "edges": []}, pids(""))["failures"])

    def test_an_invented_edge_costs_precision(self):
        report = edges(TRUE, TRUE + "beta.2 -> internet tcp 443")
        self.assertAlmostEqual(report["kinds"]["long"]["precision"], 2 / 3)
        self.assertEqual(report["wrong"][0]["verdict"], "invented")

    def test_the_wrong_worker_is_wrong_attribution(self):
        true = TRUE + "alpha.1 -> beta.5 tcp 7001\nalpha.3 -> beta.6 tcp 7001"
        report = edges(true, true + "\nalpha.1 -> beta.6 tcp 7001")
        self.assertEqual(report["wrong"][0]["verdict"], "wrong_process")
        self.assertEqual(report["kinds"]["long"]["wrong_attribution"], 1)

    def test_the_wrong_host_is_wrong_attribution(self):
        true = TRUE + "gamma.9 -> gamma.8 tcp 7001"
        self.assertEqual(verdicts(true, TRUE + "alpha.1 -> gamma.8 tcp 7001"), ["wrong_host"])

    def test_a_reversed_edge_is_wrong(self):
        self.assertEqual(verdicts(TRUE, "beta.2 -> alpha.1 tcp 7001"), ["reversed"])
        self.assertEqual(verdicts(TRUE, "beta.2 -> alpha.1 tcp 45000"), ["reversed"])

    def test_the_wrong_port_or_protocol_is_wrong(self):
        self.assertEqual(verdicts(TRUE, "alpha.1 -> beta.2 tcp 7201"), ["invented"])
        self.assertEqual(verdicts(TRUE, "alpha.1 -> beta.2 udp 7001"), ["invented"])

    def test_a_known_peer_drawn_as_a_stranger_is_unresolved(self):
        self.assertEqual(verdicts(TRUE, "alpha.1 -> lan:10.199.0.11 tcp 7001"), ["unresolved"])
        self.assertEqual(verdicts(TRUE, "internet -> beta.2 tcp 7001"), ["unresolved"])

    def test_an_edge_to_a_node_that_is_not_in_the_map_is_wrong(self):
        the_map = drawn(TRUE)
        the_map["nodes"] = [each for each in the_map["nodes"] if each["group"] != "beta"]
        report = judge_edges(Truth(truth(TRUE)), the_map)
        self.assertEqual([each["verdict"] for each in report["wrong"]], ["unresolved"] * 2)


class RealmTest(unittest.TestCase):
    LOOPBACKS = "alpha.1 -> alpha.2 tcp 7020\nbeta.1 -> beta.2 tcp 7020"

    def test_loopback_does_not_join_hosts(self):
        report = edges(self.LOOPBACKS, self.LOOPBACKS + "\nalpha.1 -> beta.2 tcp 7020")
        self.assertEqual([each["verdict"] for each in report["wrong"]], ["leak"])
        self.assertEqual(report["kinds"]["long"]["leaks"], 1)

    def test_loopback_does_not_join_the_namespaces_of_one_host(self):
        true = "alpha.1 -> alpha.2 tcp 7020\nalpha.3 -> alpha.4 tcp 7020"
        places = {"alpha.3": "a.box", "alpha.4": "a.box"}
        self.assertEqual(verdicts(true, true, places), [])
        self.assertEqual(verdicts(true, "alpha.1 -> alpha.4 tcp 7020", places), ["leak"])

    def test_equal_private_subnets_do_not_join_hosts(self):
        true = "alpha.1 -> alpha.2 tcp 7030\nbeta.1 -> beta.2 tcp 7030"
        self.assertEqual(verdicts(true, "beta.1 -> alpha.2 tcp 7030"), ["leak"])
        self.assertEqual(verdicts(true, true, {"alpha.2": "a.box", "beta.2": "b.box"}), [])


class GroupTest(unittest.TestCase):
    def test_a_listener_group_covers_its_workers_but_is_not_exact(self):
        true = TRUE + "alpha.1 -> beta.5 tcp 7001"
        row = edges(true, "alpha.1 -> group@beta tcp 7001")["kinds"]["long"]
        self.assertEqual((row["group"], row["exact"], row["missing"]), (2, 0, 1))
        self.assertEqual(row["precision"], 1)
        self.assertLess(row["attribution_exact"], 1)

    def test_exact_wins_over_group(self):
        row = edges(TRUE, TRUE + "alpha.1 -> group@beta tcp 7001")["kinds"]["long"]
        self.assertEqual((row["group"], row["exact"]), (0, 2))

    def test_a_group_on_the_wrong_host_is_invented(self):
        self.assertEqual(verdicts(TRUE, "alpha.1 -> group@gamma tcp 7001"), ["invented"])

    def test_long_lived_edges_must_be_exact(self):
        report = judge(truth(TRUE), drawn("alpha.1 -> group@beta tcp 7001\n"
                                          "alpha.3 -> group@beta tcp 7001"), pids(PIDS))
        self.assertIn("long-lived attribution exact is 0.0000", report["failures"])


class KindTest(unittest.TestCase):
    def test_short_lived_edges_are_measured_apart(self):
        true = TRUE + "alpha.1 -> beta.2 tcp 7201"
        kinds = edges(true, TRUE)["kinds"]
        self.assertEqual((kinds["long"]["recall"], kinds["short"]["recall"]), (1, 0))

    def test_a_missing_short_lived_edge_does_not_fail_but_a_wrong_one_does(self):
        true = TRUE + "alpha.1 -> beta.2 tcp 7201"
        self.assertEqual(judge(truth(true), drawn(TRUE), pids(PIDS))["failures"], [])
        report = judge(truth(true), drawn(TRUE + "alpha.3 -> beta.2 tcp 7201"), pids(PIDS))
        self.assertEqual(report["failures"], ["short: 1 edges with wrong attribution"])


class OutsideTest(unittest.TestCase):
    TRUE = "outside -> alpha.1 tcp 7001\nalpha.3 -> outside tcp 7001"

    def test_a_host_without_a_probe_is_known_by_its_address(self):
        self.assertEqual(verdicts(self.TRUE, self.TRUE), [])

    def test_another_address_is_not_that_host(self):
        self.assertEqual(verdicts(self.TRUE, "lan:10.199.0.9 -> alpha.1 tcp 7001"), ["unresolved"])

    def test_several_processes_outside_are_one(self):
        known = Truth(truth(self.TRUE))
        self.assertEqual(len(known.edges), 2)


class NumberTest(unittest.TestCase):
    def test_counts_are_compared_with_the_truth(self):
        the_map = drawn(TRUE)
        the_map["edges"][0].update(opened="7", active=0)
        numbers = judge_edges(Truth(truth(TRUE)), the_map)["numbers"]["long"]
        self.assertEqual((numbers["opened_true"], numbers["opened_drawn"]), (2, 8))
        self.assertEqual([each["drawn"] for each in numbers["active_differs"]], [0])


class ProcessTest(unittest.TestCase):
    def judged(self, *nodes, real="alpha: 1 3\nbeta: 2"):
        return judge_processes(Truth(truth(TRUE)), {"nodes": list(nodes)}, pids(real))

    def test_every_process_once_is_right(self):
        report = self.judged(node("alpha.1"), node("alpha.3"), node("beta.2"))
        for name in ("missing", "phantom", "duplicate", "wrong_host"):
            self.assertEqual(report[name], [], name)

    def test_a_process_nobody_reports_is_missing(self):
        self.assertEqual(self.judged(node("alpha.1"), node("beta.2"))["missing"], [("alpha", 3)])

    def test_a_process_that_is_not_there_is_a_phantom(self):
        report = self.judged(node("alpha.1"), node("alpha.3"), node("beta.2"), node("beta.9"))
        self.assertEqual(report["phantom"], [("beta", 9)])

    def test_an_ended_process_is_neither(self):
        report = self.judged(node("alpha.1"), node("alpha.3"), node("beta.2"),
                             node("beta.9", state="ended"))
        self.assertEqual((report["phantom"], report["drawn"]), ([], 3))

    def test_two_nodes_for_one_process_are_a_duplicate(self):
        report = self.judged(node("alpha.1"), node("alpha.1"), node("alpha.3"), node("beta.2"))
        self.assertEqual(report["duplicate"], [("alpha", 1)])

    def test_a_process_told_by_another_hosts_probe_is_on_a_wrong_host(self):
        stranger = node("beta.77", cmdline="workload tcp --name role-1 --listen x")
        report = self.judged(node("alpha.1"), node("alpha.3"), node("beta.2"), stranger)
        self.assertEqual([each["name"] for each in report["wrong_host"]], ["role-1"])

    def test_a_process_born_between_the_readings_is_not_held_against_the_map(self):
        readings = pids("alpha: 1 3\nbeta: 2")
        readings = {"before": readings["before"], "after": {"alpha": [1, 3, 4], "beta": [2]}}
        the_map = {"nodes": [node("alpha.1"), node("alpha.3"), node("alpha.4"), node("beta.2")]}
        report = judge_processes(Truth(truth(TRUE)), the_map, readings)
        self.assertEqual((report["missing"], report["phantom"]), ([], []))


class TimeTest(unittest.TestCase):
    def sightings(self, first_ns, ended_ns, gone_ns, seen=TRUE):
        the_map = drawn(seen)
        return {"nodes": {each["id"]: each for each in the_map["nodes"]}, "poll_ms": 200,
                "edges": [{**{name: each[name] for name in ("source", "target", "protocol", "port")},
                           "first_ns": first_ns, "ended_ns": ended_ns, "gone_ns": gone_ns}
                          for each in the_map["edges"]]}

    def test_appearing_counts_from_the_first_connection(self):
        report = judge_times(Truth(truth(TRUE)), self.sightings(3_000_000_000, None, None))
        self.assertEqual(report["kinds"]["long"]["appear_ms"]["max"], 2000)
        self.assertNotIn("gone_ms", report["kinds"]["long"])

    def test_going_counts_from_the_last_close(self):
        told = truth(TRUE)
        for edge in told["edges"]:
            edge.update(active=0, closed_ns=5_000_000_000)
        report = judge_times(Truth(told), self.sightings(2e9, 6_000_000_000, 21_000_000_000))
        self.assertEqual(report["kinds"]["long"]["ended_ms"]["p50"], 1000)
        self.assertEqual(report["kinds"]["long"]["gone_ms"]["p99"], 16000)

    def test_what_was_wrong_for_a_moment_is_told(self):
        report = judge_times(Truth(truth(TRUE)),
                             self.sightings(2e9, None, None, "beta.2 -> alpha.1 tcp 7001"))
        self.assertEqual(report["wrong_at_any_time"], {"reversed": 1})


class TableTest(unittest.TestCase):
    def test_the_table_names_what_is_wrong(self):
        report = judge(truth(TRUE), drawn("beta.2 -> alpha.1 tcp 7001"), pids(PIDS))
        text = table(report)
        for words in ("WRONG   reversed", "MISSING ('alpha', 1) -> ('beta', 2)", "not true"):
            self.assertIn(words, text)
        self.assertEqual(failures(report), report["failures"])


if __name__ == "__main__":
    unittest.main()

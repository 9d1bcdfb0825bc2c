"""A run of the ground truth leaves nothing, however it ends: by itself, by signal, by SIGKILL."""

import context

import os
import signal
import subprocess
import sys
import unittest

from reticle_test.case import HEARD_SECONDS, ProgramTest
from reticle_test.programs import WORKLOAD
from reticle_test.waiting import wait_until

RUN = os.path.join(context.ROOT, "tests", "truth", "run.py")


class LeftBehindTest(ProgramTest):
    needs = (WORKLOAD,)
    needs_hosts = True

    def setUp(self):
        super().setUp()
        self.before = self.namespaces(), self.interfaces()

    @staticmethod
    def namespaces():
        """The named network namespaces; unnamed ones live only while a process is in them."""
        return sorted(os.listdir("/run/netns")) if os.path.isdir("/run/netns") else []

    @staticmethod
    def interfaces():
        return subprocess.run(["ip", "-o", "link"], capture_output=True, check=True).stdout

    def start_run(self):
        """The harness in the middle of its work, with hosts and roles."""
        run = subprocess.Popen([sys.executable, RUN, "--truth-only", "--hosts", "2"],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, "TMPDIR": self.directory})
        self.addCleanup(run.stdout.close)
        self.addCleanup(run.wait)
        self.addCleanup(run.kill)
        return run

    def await_middle(self, run):
        wait_until(lambda: run.poll() is not None or len(self.workloads()) > 10, HEARD_SECONDS,
                   "the roles play")
        self.assertIsNone(run.poll())

    def workloads(self):
        """The pids of the roles of runs with our TMPDIR (their logs lie in it)."""
        needle = f"TMPDIR={self.directory}".encode()
        found = []
        for entry in os.listdir("/proc"):
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    if entry != str(os.getpid()) and needle in file.read().split(b"\0"):
                        found.append(int(entry))
            except OSError:
                continue
        return found

    def check_nothing_left(self):
        wait_until(lambda: not self.workloads(), HEARD_SECONDS,
                   lambda: f"processes end: {self.workloads()}")
        wait_until(lambda: (self.namespaces(), self.interfaces()) == self.before, HEARD_SECONDS,
                   lambda: f"as before: {self.namespaces()} {self.interfaces()} {self.before}")

    def test_after_a_run_to_the_end(self):
        run = self.start_run()
        self.assertEqual(run.wait(60), 0, run.stdout.read())
        self.check_nothing_left()
        self.assertEqual(os.listdir(self.directory), [])

    def test_after_sigint_and_sigterm(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal=number):
                run = self.start_run()
                self.await_middle(run)
                run.send_signal(number)
                self.assertNotEqual(run.wait(30), 0)
                self.check_nothing_left()
                self.assertEqual(os.listdir(self.directory), [])

    def test_after_sigkill(self):
        run = self.start_run()
        self.await_middle(run)
        run.kill()
        run.wait(10)
        self.check_nothing_left()


if __name__ == "__main__":
    unittest.main()

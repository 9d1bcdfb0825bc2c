"""reticle-app as a program: what it prints, how it exits, how it stops and comes back."""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = sys.argv.pop(1)
LIMIT = 30  # seconds; sanitizer builds on a busy machine are slow


def run(*arguments):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=LIMIT)


class Running:
    """A started program on a free port."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", *arguments],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.line = self.process.stdout.readline()
        self.port = int(self.line.rsplit(":", 1)[1])

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        finally:
            connection.close()

    def end(self, number):
        """Sends a signal; (exit code, stdout after the first line, stderr)."""
        self.process.send_signal(number)
        out, err = self.process.communicate(timeout=LIMIT)
        return self.process.returncode, out, err


class ProgramTest(unittest.TestCase):
    def test_says_where_it_listens_and_nothing_else(self):
        app = Running()
        self.assertRegex(app.line, r"^listening on http://127\.0\.0\.1:\d+\n$")
        self.assertEqual(app.get("/readyz"), 200)
        code, out, _ = app.end(signal.SIGTERM)
        self.assertEqual((code, out), (0, ""))

    def test_stops_soon_on_either_signal(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            app = Running()
            began = time.monotonic()
            code, _, err = app.end(number)
            self.assertEqual(code, 0, err)
            self.assertLess(time.monotonic() - began, LIMIT)
            self.assertIn("stopped", err)

    def test_bad_usage_is_one_line_and_exit_2(self):
        for arguments in (["--nope"], ["--listen", "nonsense"], ["--log-level", "loud"],
                          ["--listen", "0.0.0.0:0"], ["--config", "/nonexistent.toml"]):
            result = run(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertTrue(result.stderr.startswith("reticle-app: "), result.stderr)
            self.assertEqual(result.stdout, "")

    def test_what_cannot_start_is_one_line_and_exit_1(self):
        with tempfile.NamedTemporaryFile() as file:
            for arguments in (["--data", file.name], ["--join-token-file", "/nonexistent"]):
                result = run("--listen", "127.0.0.1:0", "--log-level", "warn", *arguments)
                self.assertEqual(result.returncode, 1, arguments)
                self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    def test_open_to_the_network_is_said_loudly(self):
        process = subprocess.Popen([PROGRAM, "--listen", "0.0.0.0:0", "--allow-unauthenticated"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        process.terminate()
        _, err = process.communicate(timeout=LIMIT)
        self.assertIn("warning", err)
        self.assertIn("--allow-unauthenticated", err)

    def test_kill_nine_is_ordinary(self):
        with tempfile.TemporaryDirectory() as directory:
            data = os.path.join(directory, "data")
            app = Running("--data", data)
            with open(os.path.join(data, "app-id"), encoding="ascii") as file:
                identity = file.read()
            app.end(signal.SIGKILL)
            again = Running("--data", data)
            self.assertEqual(again.get("/readyz"), 200)
            with open(os.path.join(data, "app-id"), encoding="ascii") as file:
                self.assertEqual(file.read(), identity)
            self.assertEqual(again.end(signal.SIGTERM)[0], 0)

    def test_help_and_version(self):
        self.assertEqual(run("--version").stdout.split()[0], "reticle-app")
        result = run("--help")
        self.assertEqual(result.returncode, 0)
        self.assertIn("--allow-unauthenticated", result.stdout)


if __name__ == "__main__":
    unittest.main()

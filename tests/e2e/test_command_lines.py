"""Command lines: what is refused, with which words and which exit code."""

import context  # noqa: F401

import os
import unittest

from reticle_test.case import ProgramTest
from reticle_test.programs import APP, PROBE, binary

BAD_USAGE = 2


class CommandLineTest(ProgramTest):
    needs = (APP, PROBE)

    def refused(self, program, *arguments):
        """The one line on standard error with which this usage is refused."""
        code, out, error = self.finished([binary(program), *arguments])
        self.assertEqual(code, BAD_USAGE, f"{program} {arguments}: {out}{error}")
        self.assertEqual(out, "")
        self.assertEqual(len(error.strip().splitlines()), 1, error)
        return error

    def test_help_and_version_are_answers(self):
        for program in (APP, PROBE):
            code, out, error = self.finished([binary(program), "--help"])
            self.assertEqual((code, error), (0, ""))
            self.assertIn(program, out)
            code, out, error = self.finished([binary(program), "--version"])
            self.assertEqual((code, error), (0, ""))
            self.assertRegex(out, r"\d+\.\d+\.\d+")

    def test_an_unknown_option_is_named(self):
        for program in (APP, PROBE):
            self.assertIn("no-such-option", self.refused(program, "--no-such-option"))

    def test_a_missing_value_is_named(self):
        self.assertIn("listen", self.refused(APP, "--listen"))
        self.assertIn("host-id", self.refused(PROBE, "--host-id"))

    def test_a_bad_value_is_named(self):
        for value in ("nonsense", "127.0.0.1:99999", "127.0.0.1:-1", "127.0.0.1:"):
            self.assertIn(value, self.refused(APP, "--listen", value))
        for value in ("abc", "-1", "0"):
            self.assertIn("process-interval", self.refused(PROBE, "--process-interval", value))

    def test_listening_beyond_loopback_is_refused_without_the_loud_option(self):
        for value in ("0.0.0.0:0", "[::]:0", "192.0.2.1:4040"):
            self.assertIn("--allow-unauthenticated", self.refused(APP, "--listen", value))

    def test_loopback_needs_no_option(self):
        self.assertEqual(self.start_app("127.0.0.1:0").api.raw("GET", "/healthz")[0], 200)

    def test_a_missing_config_file_is_named(self):
        for program in (APP, PROBE):
            self.assertIn("/no/such/file", self.refused(program, "--config", "/no/such/file"))

    def test_a_broken_config_file_is_named(self):
        path = os.path.join(self.directory, "broken.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write("this is = = not toml\n")
        for program in (APP, PROBE):
            self.assertIn(path, self.refused(program, "--config", path))

    def test_a_taken_port_is_a_clear_error(self):
        first = self.start_app()
        code, _, error = self.finished([binary(APP), "--listen", first.address, "--data",
                                        os.path.join(self.directory, "second")])
        self.assertNotEqual(code, 0)
        self.assertIn(str(first.port), error)


if __name__ == "__main__":
    unittest.main()

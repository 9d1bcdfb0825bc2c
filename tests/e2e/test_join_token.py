"""A probe must present the join token, when there is one."""

import context  # noqa: F401

import os
import unittest

from reticle_test.case import HEARD_SECONDS, QUICK, ProgramTest
from reticle_test.programs import APP, PROBE, probe_command
from reticle_test.waiting import wait_until


class JoinTokenTest(ProgramTest):
    needs = (APP, PROBE)

    def setUp(self):
        super().setUp()
        self.app = self.start_app(arguments=("--join-token-file", self.token_file("right")))

    def token_file(self, token):
        path = os.path.join(self.directory, f"token-{token}")
        with open(path, "w", encoding="ascii") as file:
            file.write(f"{token}-{'x' * 40}\n")
        os.chmod(path, 0o600)
        return path

    def start_probe(self, host_id, *arguments):
        return self.start(probe_command([self.app.address], host_id, self.directory,
                                        (*QUICK, *arguments)), host_id)

    def check_refused(self, probe):
        wait_until(lambda: "token" in probe.stderr().lower(), HEARD_SECONDS,
                   lambda: f"the probe says what is wrong: {probe.stderr()}")
        self.assertNotIn("right-", probe.stderr() + self.app.child.stderr())
        self.assertEqual(self.app.api.hosts(), {})
        self.assertNotIn("live", {each["state"] for each in self.app.api.probes().values()})

    def test_the_right_token_joins(self):
        self.start_probe("friend", "--token-file", self.token_file("right"))
        wait_until(lambda: "friend" in self.app.api.hosts(), HEARD_SECONDS, "the host is in the map")

    def test_a_wrong_token_is_refused_with_words(self):
        self.check_refused(self.start_probe("stranger", "--token-file", self.token_file("wrong")))

    def test_no_token_is_refused_with_words(self):
        self.check_refused(self.start_probe("stranger"))

    def test_a_refused_probe_does_not_keep_others_out(self):
        self.check_refused(self.start_probe("stranger", "--token-file", self.token_file("wrong")))
        self.start_probe("friend", "--token-file", self.token_file("right"))
        wait_until(lambda: set(self.app.api.hosts()) == {"friend"}, HEARD_SECONDS, "only the friend")


if __name__ == "__main__":
    unittest.main()

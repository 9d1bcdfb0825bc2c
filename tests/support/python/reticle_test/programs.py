"""reticle-app and reticle-probe as the tests run them."""

import os
import re

from .api import Api
from .children import Child
from .waiting import wait_until

APP = "reticle-app"
PROBE = "reticle-probe"
WORKLOAD = "reticle-truth-workload"
START_SECONDS = 20


def binary(name):
    """The path of one of our programs, in the directory RETICLE_BIN; None if it is not built."""
    path = os.path.join(os.environ.get("RETICLE_BIN", ""), name)
    return path if os.access(path, os.X_OK) else None


def missing_programs(*names):
    """None if all are built, else the reason why the tests that need them cannot run."""
    absent = [name for name in names if binary(name) is None]
    if not absent:
        return None
    return f"not built: {', '.join(absent)} (RETICLE_BIN={os.environ.get('RETICLE_BIN', '')})"


class App:
    """A running reticle-app, ready to be asked."""

    def __init__(self, directory, listen="127.0.0.1:0", arguments=(), name="app"):
        unauthenticated = () if listen.startswith("127.") else ("--allow-unauthenticated",)
        self.child = Child([binary(APP), "--listen", listen, "--data",
                            os.path.join(directory, f"{name}-data"), *unauthenticated, *arguments],
                           name, directory)
        host = listen.rsplit(":", 1)[0]
        self.port = int(wait_until(self._listening, START_SECONDS, self._why_not).group(1))
        self.address = f"{host}:{self.port}"
        self.api = Api(host, self.port)

    def _listening(self):
        if self.child.poll() is not None:
            raise RuntimeError(f"reticle-app ended with {self.child.poll()}: {self.child.stderr()}")
        return re.search(r"listening on http://\S+:(\d+)", self.child.stdout())

    def _why_not(self):
        return f"reticle-app says where it listens: {self.child.stdout()}{self.child.stderr()}"


def probe_command(apps, host_id, directory, arguments=()):
    """The command line of a probe with an identity and a state of its own."""
    state = os.path.join(directory, f"{host_id}-state")
    os.makedirs(state, exist_ok=True)
    return [binary(PROBE), *apps, "--host-id", host_id, "--state-dir", state, *arguments]

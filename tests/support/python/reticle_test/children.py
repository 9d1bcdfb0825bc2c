"""Child processes that die with the test, and proof that none was left."""

import contextlib
import os
import secrets
import signal
import subprocess

from .waiting import wait_until

#: Marks, through the inherited environment, every process that this test run started.
TAG_NAME = "RETICLE_TEST_RUN"
TAG = f"{os.getpid()}-{secrets.token_hex(4)}"


class Child:
    """A process of ours with its output in files; killed with the test whatever happens to it."""

    def __init__(self, command, name, directory, environment=None, enters=None):
        """`enters`: the nsenter arguments of a namespace, if the program is to run in one."""
        self.name = name
        self.command = [str(part) for part in command]
        self.stdout_path = os.path.join(directory, f"{name}.out")
        self.stderr_path = os.path.join(directory, f"{name}.err")
        enter = ["nsenter", *enters, "--"] if enters else []
        self._inside = bool(enters)
        full_environment = {**os.environ, TAG_NAME: TAG, **(environment or {})}
        with open(self.stdout_path, "ab") as out, open(self.stderr_path, "ab") as err:
            self._popen = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *enter, *self.command],
                stdin=subprocess.PIPE, stdout=out, stderr=err, env=full_environment,
                start_new_session=True)

    def pid(self):
        """The program's pid as this test sees it (not nsenter's); None before it runs or after."""
        if not self._inside:
            return self._popen.pid
        children = children_of(self._popen.pid)
        return children[0] if children else None

    def pid_on_host(self):
        """The program's pid as a probe on its host sees it (in the outermost namespace we made)."""
        pid = wait_until(self.pid, 10, f"{self.name} runs")
        return namespace_pids(pid)[1 if self._inside else 0]

    def poll(self):
        """The exit code, or None while it runs."""
        return self._popen.poll()

    def signal(self, number):
        """Sends a signal to the program itself; nothing if it is gone."""
        pid = self.pid()
        if pid is not None and self.poll() is None:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def tell(self, line):
        """Writes a line to the program's standard input."""
        self._popen.stdin.write(line.encode() + b"\n")
        self._popen.stdin.flush()

    def wait(self, seconds):
        """The exit code, negative for a signal; raises subprocess.TimeoutExpired."""
        return self._popen.wait(seconds)

    def stop(self, seconds=10):
        """Asks with SIGTERM (and end of input), then kills. Returns the exit code."""
        self._close_input()
        if self.poll() is None:
            self.signal(signal.SIGTERM)
            try:
                return self.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill()
        return self.wait(seconds)

    def kill(self):
        """SIGKILL to the program and to what entered the namespace for it."""
        self._close_input()
        self.signal(signal.SIGKILL)
        self._popen.kill()

    def _close_input(self):
        with contextlib.suppress(OSError):
            self._popen.stdin.close()

    def stdout(self):
        with open(self.stdout_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stderr(self):
        with open(self.stderr_path, encoding="utf-8", errors="replace") as file:
            return file.read()


def children_of(pid):
    """The pids of a process's children, as this test sees them."""
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            return [int(child) for child in file.read().split()]
    except OSError:
        return []


def namespace_pids(pid):
    """A process's pid in each pid namespace it is in, outermost (ours) first."""
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as file:
        for line in file:
            if line.startswith("NSpid:"):
                return [int(each) for each in line.split()[1:]]
    raise RuntimeError("/proc/<pid>/status has no NSpid line")


def rss_bytes(pid):
    """Resident memory of a process."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def tagged_processes(tag=TAG):
    """(pid, command line) of every living process that a test run with this tag started."""
    needle = f"{TAG_NAME}={tag}".encode()
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/environ", "rb") as file:
                if needle not in file.read().split(b"\0"):
                    continue
            with open(f"/proc/{entry}/cmdline", "rb") as file:
                found.append((int(entry), file.read().replace(b"\0", b" ").decode(errors="replace")))
        except OSError:
            continue
    return found

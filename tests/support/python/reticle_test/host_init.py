"""The first process of a test host: names the host, shows it its own network in /sys, then reaps.

Run as pid 1 by `unshare`; standard library only, no package imports, so that it starts fast.
"""

import os
import signal
import socket
import subprocess
import sys
import tempfile


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def show_own_network():
    """/sys tells the interfaces of the network namespace it was mounted in: mount it again, and
    keep the cgroup hierarchies that were mounted below it."""
    with tempfile.TemporaryDirectory() as kept:
        mount("--rbind", "/sys/fs/cgroup", kept)
        mount("-t", "sysfs", "sysfs", "/sys")
        mount("--rbind", kept, "/sys/fs/cgroup")
        subprocess.run(["umount", "-l", kept], check=True)


def main():
    socket.sethostname(sys.argv[1])
    show_own_network()
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
    print("ready", flush=True)
    while True:
        signal.sigwait({signal.SIGCHLD})
        try:
            while os.waitpid(-1, os.WNOHANG)[0] != 0:
                pass
        except ChildProcessError:
            pass


main()

"""A network of our own for this process, and what it takes to have one.

Network namespaces here are unnamed: they live exactly as long as a process in them, so that even a
killed test leaves neither a namespace nor an interface behind, and equal addresses in tests that run
at the same time do not meet.
"""

import ctypes
import os
import shutil
import subprocess

CLONE_NEWNET = 0x40000000
TOOLS = ("ip", "unshare", "nsenter", "setpriv", "mount")

_entered = False
_libc = ctypes.CDLL(None, use_errno=True)


def missing_privileges():
    """None if hosts can be made here, else the reason why not, in words."""
    absent = [tool for tool in TOOLS if shutil.which(tool) is None]
    if absent:
        return f"needs the programs {', '.join(absent)}"
    if os.geteuid() != 0:
        return "needs root: network, pid, mount and uts namespaces are made"
    attempt = subprocess.run(
        ["unshare", "--net", "--pid", "--mount", "--uts", "--fork", "--mount-proc",
         "ip", "link", "add", "probe0", "type", "veth", "peer", "name", "probe1"],
        stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if attempt.returncode != 0:
        return f"namespaces or veth interfaces cannot be made here: {attempt.stderr.strip()}"
    return None


def enter_private_network():
    """Moves this process (call before starting threads) into an empty network with loopback up.

    Once per process: a second call changes nothing, so that test modules can share one process.
    """
    global _entered
    if _entered:
        return
    if _libc.unshare(CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"unshare(CLONE_NEWNET): {os.strerror(error)}")
    _entered = True
    ip("link", "set", "lo", "up")


def ip(*arguments, inside=None):
    """Runs `ip`, in the network namespace of the process `inside` if given."""
    enter = ["nsenter", f"--net=/proc/{inside}/ns/net"] if inside else []
    done = subprocess.run([*enter, "ip", *map(str, arguments)], stdin=subprocess.DEVNULL,
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"ip {' '.join(map(str, arguments))}: {done.stderr.strip()}")
    return done.stdout

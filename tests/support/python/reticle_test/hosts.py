"""Hosts made of namespaces, on one switch.

A `Switch` is a bridge in this process's network; each `Host` is a network, pid, mount and uts
namespace on a cable to it, and may have a private bridge with `Container`s behind it.
"""

import os
import sys

from .children import Child, children_of
from .sandbox import ip
from .waiting import wait_until

PREFIX_V4 = "10.199.0"
PREFIX_V6 = "fd00:199:"
PRIVATE_PREFIX = "172.31.77"
PRIVATE_BRIDGE = "private0"
OWN = ["--net", "--pid", "--mount", "--uts", "--mount-proc"]
INIT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "host_init.py")


class Switch:
    """The network the hosts share; this process is on it as 10.199.0.1 and fd00:199::1."""

    name = "switch0"
    address_v4 = f"{PREFIX_V4}.1"
    address_v6 = f"{PREFIX_V6}:1"

    def __init__(self):
        ip("link", "add", self.name, "type", "bridge", "forward_delay", "0", "stp_state", "0")
        ip("addr", "add", f"{self.address_v4}/24", "dev", self.name)
        ip("addr", "add", f"{self.address_v6}/64", "dev", self.name, "nodad")
        ip("link", "set", self.name, "up")

    def close(self):
        """Takes the bridge away; cables went with the hosts."""
        ip("link", "del", self.name)


class _Namespaces:
    """A first process with namespaces of its own, in which others are started."""

    def __init__(self, name, directory, unshare, enters=None):
        self.name = name
        self.directory = directory
        self.children = []
        command = ["unshare", *unshare, "--fork", "--kill-child=KILL",
                   sys.executable, "-S", "-E", INIT, name]
        self._unshare = Child(command, f"{name}-init", directory, enters=enters)
        self.init = None

    def _await_init(self):
        wait_until(lambda: "ready" in self._unshare.stdout() or self._unshare.poll() is not None, 10,
                   f"{self.name} starts")
        if self._unshare.poll() is not None:
            raise RuntimeError(f"{self.name} did not start: {self._unshare.stderr()}")

    def start(self, command, name, environment=None):
        """Starts a program here; it ends with the host at the latest."""
        child = Child(command, f"{self.name}-{name}", self.directory, environment, self._enters())
        self.children.append(child)
        return child

    def close(self):
        """Ends everything that runs here, at once; the namespaces go with it."""
        # The kernel kills a pid namespace with its first process, which dies with its unshare.
        for child in [self._unshare, *self.children]:
            child.kill()
            child.wait(10)


class Host(_Namespaces):
    """A host of its own: name, processes, network; `number` makes its addresses."""

    def __init__(self, switch, number, name, directory):
        super().__init__(name, directory, OWN)
        self.address_v4 = f"{PREFIX_V4}.{10 + number}"
        self.address_v6 = f"{PREFIX_V6}:{10 + number}"
        self.containers = []
        self._await_init()
        self.init = children_of(self._unshare.pid())[0]
        cable = f"cable{number}"
        ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", self.init)
        ip("link", "set", cable, "master", switch.name, "up")
        ip("link", "set", "lo", "up", inside=self.init)
        ip("addr", "add", f"{self.address_v4}/24", "dev", "eth0", inside=self.init)
        ip("addr", "add", f"{self.address_v6}/64", "dev", "eth0", "nodad", inside=self.init)
        ip("link", "set", "eth0", "up", inside=self.init)
        ip("route", "add", "default", "via", switch.address_v4, inside=self.init)

    def add_container(self, name):
        """A network of its own on this host's private bridge, the same subnet on every host."""
        container = Container(self, name)
        self.containers.append(container)
        return container

    def close(self):
        for container in self.containers:
            container.close()
        super().close()

    def _enters(self):
        return [f"--target={self.init}", "--mount", "--uts", "--net", "--pid"]


class Container(_Namespaces):
    """A network and a pid namespace inside a host, behind its private bridge (172.31.77.0/24)."""

    gateway = f"{PRIVATE_PREFIX}.1"
    address = f"{PRIVATE_PREFIX}.2"

    def __init__(self, host, name):
        super().__init__(f"{host.name}-{name}", host.directory, OWN, host._enters())
        self.host = host
        self._await_init()
        self.init = self._find_init()
        inside = host.init
        ip("link", "add", PRIVATE_BRIDGE, "type", "bridge", "forward_delay", "0", inside=inside)
        ip("addr", "add", f"{self.gateway}/24", "dev", PRIVATE_BRIDGE, inside=inside)
        ip("link", "set", PRIVATE_BRIDGE, "up", inside=inside)
        ip("link", "add", "inner0", "type", "veth", "peer", "name", "eth0", "netns", self.init,
           inside=inside)
        ip("link", "set", "inner0", "master", PRIVATE_BRIDGE, "up", inside=inside)
        ip("link", "set", "lo", "up", inside=self.init)
        ip("addr", "add", f"{self.address}/24", "dev", "eth0", inside=self.init)
        ip("link", "set", "eth0", "up", inside=self.init)
        ip("route", "add", "default", "via", self.gateway, inside=self.init)

    def _find_init(self):
        unshare = wait_until(self._unshare.pid, 10, f"{self.name} runs")
        return wait_until(lambda: children_of(unshare), 10, f"{self.name} has a first process")[0]

    def _enters(self):
        # The host's mounts, so that /proc (and with it the truth) tells pids as the host does.
        return [f"--target={self.host.init}", "--mount", f"--uts=/proc/{self.init}/ns/uts",
                f"--net=/proc/{self.init}/ns/net", f"--pid=/proc/{self.init}/ns/pid"]

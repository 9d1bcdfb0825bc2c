"""Sets the stage: hosts with a probe each, one app, and the roles of the cases; and clears it."""

import os

from reticle_test.children import Child
from reticle_test.hosts import Container, Host, Switch
from reticle_test.programs import App, WORKLOAD, binary, probe_command
from reticle_test.waiting import wait_until

HOST_NAMES = ("alpha", "beta", "gamma")
HOSTS_WITH_CONTAINER = 2
READY_SECONDS = 20


class Stage:
    """Use as a context manager: everything it started is gone when it is left."""

    def __init__(self, host_count, directory):
        self.directory = directory
        self.app = None
        self.probes = {}
        self.actors = []  # (Role, host id, Child)
        self._switch = Switch()
        self.hosts = []
        try:
            for number, name in enumerate(HOST_NAMES[:host_count]):
                self.hosts.append(Host(self._switch, number, name, directory))
            boxes = [host.add_container("box") for host in self.hosts[:HOSTS_WITH_CONTAINER]]
        except BaseException:
            self.close()
            raise
        self._places = self._name_places(boxes)

    def _name_places(self, boxes):
        """With fewer than three hosts the last one plays several parts; ports keep them apart."""
        parts = dict(zip("abc", self.hosts + self.hosts[-1:] * 2))
        places = {**parts, "outside": None}
        for part in "ab":
            if self.hosts.index(parts[part]) < len(boxes):
                places[f"{part}.box"] = boxes[self.hosts.index(parts[part])]
        return places

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start_map(self, listen_port=0, arguments=()):
        """The app on the switch and a probe on every host, all of them heard."""
        self.app = App(self.directory, f"{Switch.address_v4}:{listen_port}", arguments)
        for host in self.hosts:
            self.start_probe(host)
        wait_until(lambda: len(self.live_probes()) == len(self.hosts), READY_SECONDS,
                   lambda: f"all probes live: {self.app.api.probes()} {self.app.child.stderr()}")

    def start_probe(self, host, arguments=(), environment=None):
        command = probe_command([self.app.address], host.name, self.directory, arguments)
        self.probes[host.name] = host.start(command, "probe", environment)
        return self.probes[host.name]

    def live_probes(self):
        return [each for each in self.app.api.probes().values() if each["state"] == "live"]

    def play(self, roles):
        """Starts the roles; returns when each is ready, so that a client may follow its server."""
        started, played = [], set()
        for role in roles:
            if role.place not in self._places:
                continue
            place = self._places[role.place]
            # With fewer hosts than parts, one host may be asked for the same role twice.
            if (place, role.name, role.arguments) in played:
                continue
            played.add((place, role.name, role.arguments))
            started.append((role, self._host_id(place), self._start(role, place)))
        self.actors += started
        for role, _, child in started:
            wait_until(lambda c=child, r=role: self._ready(c, r), READY_SECONDS + self._work(role),
                       lambda c=child: f"{c.name} ready: {c.stderr()}")
        return started

    @staticmethod
    def _host_id(place):
        if place is None:
            return "outside"
        return place.host.name if isinstance(place, Container) else place.name

    def _start(self, role, place):
        words = role.arguments.format(**self._addresses()).split()
        command = [binary(WORKLOAD), words[0], "--name", role.name, *words[1:]]
        if place is None:
            return Child(command, f"outside-{role.name}", self.directory)
        return place.start(command, role.name)

    def _addresses(self):
        words = {"gateway": Container.gateway, "box": Container.address,
                 "outside4": Switch.address_v4, "outside6": Switch.address_v6}
        for part in "abc":
            words[f"{part}4"] = self._places[part].address_v4
            words[f"{part}6"] = self._places[part].address_v6
        return words

    @staticmethod
    def _ready(child, role):
        if child.poll() is not None:
            raise RuntimeError(f"{child.name} ended with {child.poll()}: {child.stderr()}")
        return child.stdout().count('"event":"ready"') == role.processes

    @staticmethod
    def _work(role):
        """Seconds that tcp-short needs before it can be ready."""
        words = role.arguments.split()
        if words[0] != "tcp-short":
            return 0
        return int(words[words.index("--count") + 1]) / int(words[words.index("--rate") + 1])

    def host_pids(self):
        """Every process each host really has now, as its own /proc tells."""
        return {host.name: sorted(int(entry) for entry in
                                  os.listdir(f"/proc/{host.init}/root/proc") if entry.isdigit())
                for host in self.hosts}

    def close(self):
        """Ends the hosts with all that is in them, then what runs outside, then the switch."""
        for host in self.hosts:
            host.close()
        for _, host_id, child in self.actors:
            if host_id == "outside":
                child.stop()
        if self.app is not None:
            self.app.child.stop()
        self._switch.close()

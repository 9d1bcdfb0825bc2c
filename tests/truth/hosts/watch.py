"""Watches the map: the newest one, and when every edge was first and last seen."""

import threading
import time

POLL_SECONDS = 0.15


class Watch:
    """Reads the processes view over and over in a thread of its own.

    Times are CLOCK_MONOTONIC, like those of the actors; the map is as old as one poll.
    """

    def __init__(self, api):
        self._api = api
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._map = None
        self._nodes = {}
        self._sightings = {}
        self._polls = 0
        self._polling_ns = 0
        self._error = None
        self._thread.start()

    def close(self):
        self._stop.set()
        self._thread.join()

    def map(self):
        """A map read after this call began."""
        with self._lock:
            wanted = self._polls + 2
        while True:
            with self._lock:
                if self._error is not None:
                    raise self._error
                if self._polls >= wanted:
                    return self._map
            time.sleep(0.01)

    def sightings(self):
        """Everything ever seen: {"nodes": {id: node}, "edges": [sighting], "poll_ms"}."""
        with self._lock:
            return {"nodes": dict(self._nodes),
                    "edges": [dict(each) for each in self._sightings.values()],
                    "poll_ms": self._polling_ns / max(self._polls, 1) / 1e6 + POLL_SECONDS * 1e3}

    def _run(self):
        while not self._stop.is_set():
            started = time.monotonic_ns()
            try:
                seen = self._api.processes()
            except Exception as error:  # handed to whoever asks for the next map
                with self._lock:
                    self._error = error
                return
            with self._lock:
                self._map = seen
                self._polls += 1
                self._note(seen, time.monotonic_ns())
                self._polling_ns += time.monotonic_ns() - started
            self._stop.wait(POLL_SECONDS)

    def _note(self, seen, now):
        self._nodes.update((node["id"], node) for node in seen["nodes"])
        present = set()
        for edge in seen["edges"]:
            key = (edge["source"], edge["target"], edge["protocol"], edge["port"])
            present.add(key)
            sighting = self._sightings.setdefault(key, {
                "source": key[0], "target": key[1], "protocol": key[2], "port": key[3],
                "first_ns": now, "ended_ns": None, "gone_ns": None, "opened": 0, "active": 0})
            sighting["gone_ns"] = None
            sighting["opened"] = max(sighting["opened"], int(edge["opened"]))
            sighting["active"] = max(sighting["active"], int(edge["active"]))
            if edge["state"] != "ended":
                sighting["ended_ns"] = None
            elif sighting["ended_ns"] is None:
                sighting["ended_ns"] = now
        for key, sighting in self._sightings.items():
            if key not in present and sighting["gone_ns"] is None:
                sighting["gone_ns"] = now

"""Bad input over WebSocket, as a probe and as a viewer: told so, or closed; the world unmoved."""

import context  # noqa: F401

import contextlib
import json
import struct
import unittest

from reticle_test import wire
from reticle_test.case import HEARD_SECONDS, QUICK, ProgramTest
from reticle_test.hostile import Target, noise, zstd_bomb, zstd_giant_header
from reticle_test.programs import APP, PROBE, probe_command
from reticle_test.waiting import wait_until
from reticle_test.websocket import BINARY, CLOSE, PING, TEXT, Closed, WebSocket, frame

PROBE_PATH, STREAM_PATH = "/api/v1/probe", "/api/v1/stream"

#: Bytes on an open WebSocket that break its rules.
BROKEN_FRAMES = {
    "noise": noise(3000, 5),
    "a truncated frame": frame(BINARY, b"x" * 100)[:20],
    "a frame of 2^62 bytes": frame(BINARY, b"x" * 100, declared=1 << 62),
    "a frame of 4 GB": frame(BINARY, b"x" * 100, declared=1 << 32),
    "an unmasked frame": frame(BINARY, b"hello", masked=False),
    "reserved bits": frame(BINARY, b"hello", reserved=7),
    "an unknown opcode": frame(11, b"hello"),
    "a continuation of nothing": frame(0, b"hello"),
    "a ping of 1000 bytes": frame(PING, b"x" * 1000),
    "a fragmented ping": frame(PING, b"x", final=False),
    "a close code that is none": frame(CLOSE, struct.pack(">H", 77)),
    "a close reason that is not UTF-8": frame(CLOSE, struct.pack(">H", 1000) + b"\xff\xff"),
    "text that is not UTF-8": frame(TEXT, b"\xff\xfe\xc0"),
    "fragments without end": frame(BINARY, b"x" * 60_000, final=False)
                             + frame(0, b"x" * 60_000, final=False) * 1000,
}

#: First messages of a session that are not a Hello one can welcome.
BAD_HELLOS = {
    "nothing": b"",
    "noise": noise(500, 6),
    "a Hello cut short": wire.hello("hostile")[:-3],
    "a future protocol": wire.hello("hostile", protocol=(900, 999)),
    "a protocol range upside down": wire.hello("hostile", protocol=(5, 1)),
    "no host id": wire.hello(""),
    "a host id that is not UTF-8": wire.hello(b"\xff\xfe"),
    "a host id with zero bytes": wire.hello("a\0b"),
    "a host id of a megabyte": wire.hello("h" * (1 << 20)),
    "a Frame instead": wire.data_frame(1, 1, []),
    "an Ack instead": wire.envelope(wire.ACK, wire.number(1, 1) + wire.number(2, 1)),
    "an unknown message": wire.chunk(99, "what"),
    "a length of 2^63": bytes([0x0A]) + wire.varint(1 << 63) + b"abc",
}

#: Frames of a session that was welcomed.
BAD_DATA = {
    "a pack of noise": wire.data_frame(1, 1, [(0, noise(500, 7))]),
    "a compressed pack of noise": wire.data_frame(1, 1, [(1000, noise(500, 8))]),
    "a pack that says 4 GB": wire.data_frame(1, 1, [(0xFFFFFFFF, zstd_bomb(1 << 16))]),
    "a bomb of 4 GB": wire.data_frame(1, 1, [(1 << 20, zstd_bomb(4 << 30))]),
    "an announced window of 8 GB": wire.data_frame(1, 1, [(1 << 20, zstd_giant_header(8 << 30))]),
    "an empty pack": wire.data_frame(1, 1, [(0, b"")] * 10_000),
    "another epoch": wire.data_frame(999, 1, [(0, noise(50, 9))]),
    "a gap in the sequence": wire.data_frame(1, 1 << 60, [], full=False),
    "a second Hello": wire.hello("another"),
    "noise": noise(5000, 10),
    "a Frame cut short": wire.data_frame(1, 1, [(0, noise(500, 11))])[:-100],
    "an Ack of what was never sent": wire.envelope(wire.ACK, wire.number(1, 7) + wire.number(2, 7)),
}

#: Messages of a viewer: (text, what the answer must name, or None if closing is answer enough).
BAD_MESSAGES = {
    "no JSON": ("}{", None),
    "a number": ("42", None),
    "no type": ("{}", None),
    "an unknown type": ('{"type": "destroy"}', None),
    "an unknown view": ('{"type": "subscribe", "sub": 1, "view": "nothing"}', "nothing"),
    "no view": ('{"type": "subscribe", "sub": 1}', "view"),
    "sub 0": ('{"type": "subscribe", "sub": 0, "view": "processes"}', "sub"),
    "sub 65": ('{"type": "subscribe", "sub": 65, "view": "processes"}', "sub"),
    "sub -1": ('{"type": "subscribe", "sub": -1, "view": "processes"}', "sub"),
    "sub 1e99": ('{"type": "subscribe", "sub": 1e99, "view": "processes"}', "sub"),
    "sub as text": ('{"type": "subscribe", "sub": "1", "view": "processes"}', "sub"),
    "an unknown option": ('{"type": "subscribe", "sub": 1, "view": "processes", '
                          '"options": {"surprise": "1"}}', "surprise"),
    "an unknown option value": ('{"type": "subscribe", "sub": 1, "view": "processes", '
                                '"options": {"unconnected": "maybe"}}', "unconnected"),
    "a resume of the wrong type": ('{"type": "subscribe", "sub": 1, "view": "processes", '
                                   '"resume": 5}', "resume"),
    "a deep nest": ('{"type": ' + "[" * 100_000 + "]" * 100_000 + "}", None),
    "16 MB": ('{"type": "' + "x" * (16 << 20) + '"}', None),
}


class BadWebSocketTest(ProgramTest):
    needs = (APP,)

    def setUp(self):
        super().setUp()
        self.target = Target(self)

    def open(self, path):
        app = self.target.app
        session = WebSocket(app.api.host, app.port, path)
        self.addCleanup(session.close)
        return session

    def welcomed(self, host_id="hostile"):
        """A session that the app has answered with a Welcome."""
        session = self.open(PROBE_PATH)
        session.send(BINARY, wire.hello(host_id))
        session.receive()
        return session

    def test_frames_that_break_the_rules(self):
        for path in (PROBE_PATH, STREAM_PATH):
            for what, data in BROKEN_FRAMES.items():
                with self.target.attack(what=what, path=path):
                    session = self.open(path)
                    with contextlib.suppress(Closed):
                        session.send_bytes(data)
                    session.close()

    def test_hellos_that_cannot_be_welcomed(self):
        for what, message in BAD_HELLOS.items():
            with self.target.attack(what=what):
                session = self.open(PROBE_PATH)
                with contextlib.suppress(Closed):
                    session.send(BINARY, message)
                session.receive_until_closed()

    def test_a_refused_hello_is_told_why(self):
        session = self.open(PROBE_PATH)
        session.send(BINARY, BAD_HELLOS["a future protocol"])
        told = b""
        try:
            while True:
                told += session.receive()[1]
        except Closed as closed:
            told += closed.reason.encode()
        self.assertIn(b"protocol", told)

    def test_text_is_no_probe_session(self):
        with self.target.attack():
            session = self.open(PROBE_PATH)
            session.send(TEXT, b"hello")
            session.receive_until_closed()

    def test_bad_frames_of_a_welcomed_session(self):
        for what, message in BAD_DATA.items():
            with self.subTest(what=what):
                # A welcomed session moves the world by its own host, so the rest is compared.
                session = self.welcomed()
                before = self.shape()
                with contextlib.suppress(Closed):
                    session.send(BINARY, message)
                    session.send(PING, b"still there?")
                    session.receive()
                session.close()
                self.assertIsNone(self.target.app.child.poll())
                self.assertEqual(self.shape(), before)

    def shape(self):
        """What the processes and hosts views hold, without the session's own host node."""
        api = self.target.app.api
        return [(sorted(node["id"] for node in view["nodes"] if node["group"] != "hostile"
                        and node["id"] != "hostile"), len(view["edges"]))
                for view in (api.processes(), api.view("hosts"))]

    def test_bad_messages_of_a_viewer(self):
        for what, (text, named) in BAD_MESSAGES.items():
            with self.target.attack(what=what):
                session = self.open(STREAM_PATH)
                self.check_told(session, text, named)
                session.close()

    def check_told(self, session, text, named):
        """The answer is an error message (that names the culprit) or, where that will do, a close."""
        try:
            session.send(TEXT, text.encode())
            while True:
                message = json.loads(session.receive()[1])
                if message["type"] == "error":
                    break
                self.assertNotEqual(message["type"], "delta")
        except (Closed, ConnectionError):
            self.assertIsNone(named, "closed instead of told")
            return
        self.assertTrue(message["code"] and message["message"])
        if named:
            self.assertIn(named, message["message"])

    def test_a_good_subscription_survives_bad_neighbours(self):
        session = self.open(STREAM_PATH)
        session.send(TEXT, b'{"type": "subscribe", "sub": 1, "view": "processes"}')
        session.send(TEXT, b'{"type": "subscribe", "sub": 2, "view": "nothing"}')
        seen = set()
        while not {("delta", 1), ("error", 2)} <= seen:
            message = json.loads(session.receive()[1])
            seen.add((message["type"], message.get("sub")))


class BesideAProbeTest(ProgramTest):
    needs = (APP, PROBE)

    def test_a_real_probes_world_outlives_every_attack(self):
        app = self.start_app()
        self.start(probe_command([app.address], "good", self.directory, QUICK), "probe")
        wait_until(lambda: app.api.probes().get("good", {}).get("state") == "live", HEARD_SECONDS,
                   "the probe is live")
        epoch = app.api.probes()["good"]["epoch"]
        attacks = {**BAD_HELLOS, **BROKEN_FRAMES,
                   "the name of the good host": wire.hello("good", boot_id="other")}
        for data in attacks.values():
            session = WebSocket(app.api.host, app.port, PROBE_PATH)
            with contextlib.suppress(Closed):
                session.send(BINARY, data)
            session.close()
        probe = app.api.probes()["good"]
        self.assertEqual((probe["state"], probe["epoch"]), ("live", epoch))
        self.assertEqual(app.api.hosts()["good"]["state"], "live")


if __name__ == "__main__":
    unittest.main()

"""Payloads that are meant to hurt, and the check that they did not."""

import contextlib
import random
import struct
import zlib

from .children import rss_bytes

#: What a test run may add to the app's memory, whatever is thrown at it.
RSS_ALLOWANCE_BYTES = 192 << 20


class Target:
    """An app under attack: alive, its world unmoved and its memory bounded after every blow.

    An app that died is replaced, so that each attack is judged by itself.
    """

    def __init__(self, test):
        self._test = test
        self._renew()

    def _renew(self):
        self.app = self._test.start_app()
        self._before = self._look()
        self._rss = rss_bytes(self.app.child.pid())

    @contextlib.contextmanager
    def attack(self, **what):
        """A subtest in which the app is attacked; what it did to the app is checked at its end."""
        with self._test.subTest(**what):
            if self.app.child.poll() is not None:
                self._renew()
            try:
                yield self.app
            finally:
                # Death explains whatever else went wrong, so it is told instead.
                self._check_alive()
                before, self._before = self._before, self._look()
            self._test.assertEqual(self._before, before, "the world was changed")
            grown = rss_bytes(self.app.child.pid()) - self._rss
            self._test.assertLess(grown, RSS_ALLOWANCE_BYTES, "memory")

    def _check_alive(self):
        try:
            healthy = self.app.api.raw("GET", "/healthz")[0] == 200
        except OSError:
            healthy = False
        if not healthy:
            self.app.child.kill()
            self._test.fail(f"the app ended with {self.app.child.wait(10)}: "
                            f"{self.app.child.stderr()[-2000:]}")

    def _look(self):
        views = self.app.api.get("/api/v1/views")
        return views["world_seq"], {view["id"]: view["stats"] for view in views["views"]}


def noise(size, seed):
    """The same random bytes in every run."""
    return random.Random(seed).randbytes(size)


def deep_json(depth):
    return b"[" * depth + b"]" * depth


def gzip_bomb(size):
    """`size` zero bytes, gzipped to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    chunk = bytes(1 << 20)
    parts = [packer.compress(chunk) for _ in range(size >> 20)]
    return b"".join([*parts, packer.compress(bytes(size & 0xFFFFF)), packer.flush()])


def zstd_bomb(size):
    """A zstd frame of `size` zero bytes in a few hundred bytes: run-length blocks of 64 KiB.

    RFC 8878: magic, frame header (64 KiB window, no content size), blocks of type 1 (RLE).
    """
    block, count = 64 << 10, max(1, size >> 16)
    data = struct.pack("<IBB", 0xFD2FB528, 0x00, 6 << 3)
    for index in range(count):
        last = 1 if index == count - 1 else 0
        data += struct.pack("<I", last | 1 << 1 | block << 3)[:3] + b"\0"
    return data


def zstd_giant_header(size):
    """A zstd frame header that announces `size` bytes and a window as large, with nothing behind it."""
    return struct.pack("<IBQ", 0xFD2FB528, 3 << 6 | 1 << 5, size)


def scope_report(process_count, host="hostile"):
    """A well-formed report as Weave Scope's probe posts it, with this many processes."""
    stamp = "2026-01-01T00:00:00Z"
    nodes = ",".join(
        f'"{host};{pid}":{{"id":"{host};{pid}","topology":"process",'
        f'"latest":{{"pid":{{"timestamp":"{stamp}","value":"{pid}"}}}}}}'
        for pid in range(1, process_count + 1))
    return (f'{{"Process":{{"shape":"square","nodes":{{{nodes}}}}},"Window":15000000000,'
            '"ID":"hostile"}').encode()

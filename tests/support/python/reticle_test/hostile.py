"""Payloads that are meant to hurt, and the check that they did not."""

import random
import struct
import zlib

from .children import rss_bytes

#: What a test run may add to the app's memory, whatever is thrown at it.
RSS_ALLOWANCE_BYTES = 192 << 20


class Unmoved:
    """The app's world and health before an attack, to be compared with those after it."""

    def __init__(self, test, app):
        self._test, self._app = test, app
        self._before = self._look()
        self._rss = rss_bytes(app.child.pid())

    def check(self, what):
        """The app lives, its world is the same, and it has not grown out of bounds."""
        self._test.assertIsNone(self._app.child.poll(), f"the app died of {what}")
        self._test.assertEqual(self._app.api.raw("GET", "/healthz")[0], 200, what)
        self._test.assertEqual(self._look(), self._before, f"{what} changed the world")
        grown = rss_bytes(self._app.child.pid()) - self._rss
        self._test.assertLess(grown, RSS_ALLOWANCE_BYTES, f"memory after {what}")

    def _look(self):
        views = self._app.api.get("/api/v1/views")
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

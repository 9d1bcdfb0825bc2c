"""Bad input over HTTP: a clear answer, and a world that did not move."""

import context  # noqa: F401

import functools
import json
import socket
import unittest

from reticle_test.case import ProgramTest
from reticle_test.hostile import Target, deep_json, gzip_bomb, noise, scope_report
from reticle_test.programs import APP

JSON = {"Content-Type": "application/json"}
MSGPACK = {"Content-Type": "application/msgpack"}
GZIPPED = {**JSON, "Content-Encoding": "gzip"}
REPORT_PATHS = ("/api/v1/report", "/api/report")


@functools.cache
def bodies():
    """What is posted as a report: (body, headers) by what is wrong with it. Large: made once, late."""
    return {
        "nothing": (b"", JSON),
        "random bytes": (noise(4096, 1), JSON),
        "random bytes as msgpack": (noise(4096, 2), MSGPACK),
        "a lone brace": (b"{", JSON),
        "truncated JSON": (scope_report(50)[:-200], JSON),
        "invalid UTF-8": (b'{"Process": {"nodes": {"h;1": {"id": "\xff\xfe\xc0\x80"}}}}', JSON),
        "a number": (b"42", JSON),
        "null": (b"null", JSON),
        "a list": (b"[1]", JSON),
        "nodes that are a number": (b'{"Process": {"nodes": 5}, "nodes": 5}', JSON),
        "nodes of the wrong type": (b'{"Process": {"nodes": {"a;1": [1, 2]}}, "nodes": {"a": 1}}', JSON),
        "a deep nest": (deep_json(200_000), JSON),
        "a number without end": (b'{"Window": 1' + b"0" * 100_000 + b', "window_seconds": 1e999}', JSON),
        "NaN": (b'{"Window": NaN, "window_seconds": NaN}', JSON),
        "gzip that is not": (b"not gzip at all", GZIPPED),
        "truncated gzip": (gzip_bomb(100_000)[:-10], GZIPPED),
        "a gzip bomb of 1 GiB": (gzip_bomb(1 << 30), GZIPPED),
        "a msgpack list of 4 billion": (b"\xdd\xff\xff\xff\xff" + b"\xc0" * 100, MSGPACK),
        "a msgpack map of 4 billion": (b"\xdf\xff\xff\xff\xff" + b"\xa1a" * 100, MSGPACK),
        "a msgpack string of 4 GB": (b"\x81\xdb\xff\xff\xff\xffabc", MSGPACK),
        "a deep msgpack nest": (b"\x91" * 200_000, MSGPACK),
        "an unknown type": (b"<report/>", {"Content-Type": "application/xml"}),
        "an unknown encoding": (b"{}", {**JSON, "Content-Encoding": "br"}),
        "a million nodes": (scope_report(1_000_000), JSON),
    }


HEADS = {
    "noise": noise(2000, 3),
    "noise without an end": noise(200_000, 4).replace(b"\n", b"x"),
    "a request line only": b"GET\r\n\r\n",
    "an unknown version": b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "no Host": b"GET /api/v1/views HTTP/1.1\r\n\r\n",
    "a negative length": b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -5\r\n\r\n",
    "a giant length": b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                      b"Content-Length: 99999999999999999999\r\n\r\n",
    "10 GB announced": b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                       b"Content-Length: 10000000000\r\n\r\n",
    "two lengths": b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\n"
                   b"Content-Length: 50\r\n\r\nhello",
    "a giant chunk": b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                     b"\r\nFFFFFFFFFFFFFFF\r\n",
    "a broken chunk": b"POST /api/report HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n"
                      b"\r\nxyz\r\n",
    "a megabyte of headers": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                             + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 100) for n in range(10_000)),
    "a line without end": b"GET /" + b"a" * 1_000_000,
    "zero bytes in the path": b"GET /\0\0 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}

QUERIES = {
    "/api/v1/views?surprise=1": "surprise",
    "/api/v1/views/processes?surprise=1": "surprise",
    "/api/v1/views/processes?limit=0": "limit",
    "/api/v1/views/processes?limit=1001": "limit",
    "/api/v1/views/processes?limit=-1": "limit",
    "/api/v1/views/processes?limit=ten": "limit",
    "/api/v1/views/processes?limit=99999999999999999999": "limit",
    "/api/v1/views/processes?next=nonsense": "next",
    "/api/v1/views/processes?unconnected=maybe": "unconnected",
    "/api/v1/views/processes?limit=%zz": None,
    "/api/v1/search?view=processes": "q",
    "/api/v1/search?q=x&view=nothing": "nothing",
}


class BadHttpTest(ProgramTest):
    needs = (APP,)

    def setUp(self):
        super().setUp()
        self.target = Target(self)

    @staticmethod
    def exchange(app, data):
        """What the app answers to these bytes, until it closes or has nothing more to say."""
        with socket.create_connection((app.api.host, app.port), timeout=2) as connection:
            try:
                connection.sendall(data)
                connection.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # refused before it had all of it
            answer = b""
            try:
                while part := connection.recv(65536):
                    answer += part
            except OSError:
                pass
            return answer

    def check_refused(self, status, headers, body):
        """A client error whose body says in JSON what is wrong."""
        self.assertTrue(400 <= status < 500, f"{status} {body}")
        self.assertIn("application/json", headers.get("Content-Type", ""))
        self.assertTrue(json.loads(body), "refused without a word")

    def check_report_refused(self, app, path, body, headers):
        try:
            status, answer_headers, answer = app.api.raw("POST", path, body, headers)
        except (BrokenPipeError, ConnectionResetError):
            # Refused while we were still sending: fine, if it is for the size.
            self.assertGreater(len(body), 1 << 20, "closed without a word")
            return
        self.check_refused(status, answer_headers, answer)
        if path == "/api/v1/report":
            error = json.loads(answer)["error"]
            self.assertTrue(error["code"] and error["message"])

    def test_bad_reports_are_refused_in_words(self):
        for path in REPORT_PATHS:
            for what, (body, headers) in bodies().items():
                with self.target.attack(what=what, path=path) as app:
                    self.check_report_refused(app, path, body, headers)

    def test_bad_requests_end_without_harm(self):
        for what, data in HEADS.items():
            with self.target.attack(what=what) as app:
                answer = self.exchange(app, data)
                if answer:
                    self.assertRegex(answer, rb"^HTTP/1\.[01] (4\d\d|505)")

    def test_bad_parameters_are_named(self):
        for path, named in QUERIES.items():
            with self.target.attack(path=path) as app:
                status, headers, body = app.api.raw("GET", path)
                self.assertIn(status, (400, 404))
                self.check_refused(status, headers, body)
                if named:
                    self.assertIn(named, json.loads(body)["error"]["message"])

    def test_what_is_not_there_is_404(self):
        for path in ("/api/v1/views/nothing", "/api/v1/nothing", "/api/v1/nodes/none?view=processes",
                     "/api/v1/edges/none?view=processes"):
            with self.target.attack(path=path) as app:
                status, headers, body = app.api.raw("GET", path)
                self.assertEqual(status, 404)
                self.check_refused(status, headers, body)

    def test_paths_do_not_climb_out_of_the_web_folder(self):
        for path in ("/../../../../etc/passwd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                     "/assets/..%2f..%2f..%2fetc%2fpasswd", "/..\\..\\etc\\passwd"):
            with self.target.attack(path=path) as app:
                self.assertNotIn(b"root:", app.api.raw("GET", path)[2])

    def test_wrong_methods_are_refused(self):
        for method in ("DELETE", "PUT", "PATCH", "BREW"):
            with self.target.attack(method=method) as app:
                status, _, _ = app.api.raw(method, "/api/v1/views")
                self.assertIn(status, (400, 404, 405, 501))

    def test_another_sites_page_gets_nothing(self):
        for foreign in ({"Host": "evil.example"}, {"Host": "evil.example:4040"},
                        {"Origin": "http://evil.example"}):
            with self.target.attack(headers=foreign) as app:
                status, _, _ = app.api.raw("POST", "/api/v1/report", b"{}", {**JSON, **foreign})
                self.assertIn(status, (400, 403, 421))


if __name__ == "__main__":
    unittest.main()

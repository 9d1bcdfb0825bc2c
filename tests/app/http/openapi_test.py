"""Holds docs/openapi.yaml against a running reticle-app: every documented status of every path is provoked, and
every JSON answer has the documented shape."""

import http.client
import json
import subprocess
import sys
import unittest
import urllib.parse

import yaml

PROGRAM, DOCUMENT = sys.argv.pop(1), sys.argv.pop(1)
LIMIT = 30  # seconds
JSON = {"Content-Type": "application/json"}
UPGRADE = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
           "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
FOREIGN = {"Origin": "http://evil.example"}

#: Two processes of one host that talk: makes a node and an edge of the processes view, and a host.
REPORT = {
    "writer": "h1", "window_seconds": 600,
    "nodes": [
        {"topology": "host", "id": "h1", "attributes": {"host_name": "web-1"}},
        {"topology": "process", "id": "boot;1;1", "attributes": {"pid": 1, "name": "curl", "netns": 7},
         "metrics": {"process_cpu_usage_percent": 1.5}, "labels": {"team": "storage"},
         "parents": [{"topology": "host", "id": "h1"}]},
        {"topology": "process", "id": "boot;2;2", "attributes": {"pid": 2, "name": "nginx", "netns": 7},
         "parents": [{"topology": "host", "id": "h1"}]}],
    "flows": [
        {"owner": {"topology": "process", "id": "boot;1;1"}, "peer_owner": {"topology": "process", "id": "boot;2;2"},
         "direction": "outbound", "protocol": "tcp", "netns": 7, "local_address": "127.0.0.1",
         "peer_address": "127.0.0.1", "service_port": 80, "opened": 2, "bytes_sent": 100, "rtt_us": 310,
         "evidence": ["sweep"], "first_seen_ms": 1795311324000, "last_seen_ms": 1795311325000}]}


def requests(node, edge):
    """(method, documented path, sent path, headers, body, expected status): at least one for each documented status."""
    node, edge = urllib.parse.quote(node, safe=""), urllib.parse.quote(edge, safe="")
    v1, report = "/api/v1", json.dumps(REPORT).encode()
    return [
        ("GET", f"{v1}/views", f"{v1}/views", {}, None, 200),
        ("GET", f"{v1}/views", f"{v1}/views?x=1", {}, None, 400),
        ("GET", f"{v1}/views", f"{v1}/views", {"Host": "evil.example"}, None, 403),
        ("GET", f"{v1}/views/{{view}}", f"{v1}/views/processes", {}, None, 200),
        ("GET", f"{v1}/views/{{view}}", f"{v1}/views/processes?limit=1&unconnected=show", {}, None, 200),
        ("GET", f"{v1}/views/{{view}}", f"{v1}/views/processes-by-name", {}, None, 200),
        ("GET", f"{v1}/views/{{view}}", f"{v1}/views/hosts", {}, None, 200),
        ("GET", f"{v1}/views/{{view}}", f"{v1}/views/processes?limit=x", {}, None, 400),
        ("GET", f"{v1}/views/{{view}}", f"{v1}/views/nope", {}, None, 404),
        ("GET", f"{v1}/nodes/{{id}}", f"{v1}/nodes/{node}?view=processes", {}, None, 200),
        ("GET", f"{v1}/nodes/{{id}}", f"{v1}/nodes/{node}", {}, None, 400),
        ("GET", f"{v1}/nodes/{{id}}", f"{v1}/nodes/nope?view=processes", {}, None, 404),
        ("GET", f"{v1}/edges/{{id}}", f"{v1}/edges/{edge}?view=processes", {}, None, 200),
        ("GET", f"{v1}/edges/{{id}}", f"{v1}/edges/{edge}?view=processes&y", {}, None, 400),
        ("GET", f"{v1}/edges/{{id}}", f"{v1}/edges/nope?view=processes", {}, None, 404),
        ("GET", f"{v1}/search", f"{v1}/search?view=processes&q=NGIN", {}, None, 200),
        ("GET", f"{v1}/search", f"{v1}/search?view=processes&q=", {}, None, 400),
        ("GET", f"{v1}/search", f"{v1}/search?view=nope&q=a", {}, None, 404),
        ("GET", f"{v1}/probes", f"{v1}/probes", {}, None, 200),
        ("GET", f"{v1}/probes", f"{v1}/probes?limit=0", {}, None, 400),
        ("POST", f"{v1}/report", f"{v1}/report", JSON, report, 200),
        ("POST", f"{v1}/report", f"{v1}/report", JSON, b"{", 400),
        ("POST", f"{v1}/report", f"{v1}/report", {**JSON, **FOREIGN}, report, 403),
        ("POST", f"{v1}/report", f"{v1}/report", {**JSON, "Content-Length": "99999999"}, b"", 413),
        ("POST", f"{v1}/report", f"{v1}/report", {"Content-Type": "text/csv"}, b"a,b", 415),
        ("GET", f"{v1}/stream", f"{v1}/stream", UPGRADE, None, 101),
        ("GET", f"{v1}/stream", f"{v1}/stream", {**UPGRADE, **FOREIGN}, None, 403),
        ("GET", f"{v1}/stream", f"{v1}/stream", {}, None, 426),
        ("GET", f"{v1}/probe", f"{v1}/probe", UPGRADE, None, 101),
        ("GET", f"{v1}/probe", f"{v1}/probe", {**UPGRADE, **FOREIGN}, None, 403),
        ("GET", f"{v1}/probe", f"{v1}/probe", {}, None, 426),
        ("GET", "/metrics", "/metrics", {}, None, 200),
        ("GET", "/healthz", "/healthz", {}, None, 200),
        ("GET", "/readyz", "/readyz", {}, None, 200),
        ("GET", "/api", "/api", {}, None, 200),
        ("GET", "/api/probes", "/api/probes?whatever=1", {}, None, 200),
        ("GET", "/api/topology", "/api/topology", {}, None, 200),
        ("GET", "/api/topology", "/api/topology?timestamp=x", {}, None, 400),
        ("GET", "/api/topology/{view}", "/api/topology/hosts", {}, None, 200),
        ("GET", "/api/topology/{view}", "/api/topology/hosts?timestamp=x", {}, None, 400),
        ("GET", "/api/topology/{view}", "/api/topology/nope", {}, None, 404),
        ("GET", "/api/topology/{view}/{id}", "/api/topology/hosts/" + urllib.parse.quote("web-1;<host>"), {}, None, 200),
        ("GET", "/api/topology/{view}/{id}", "/api/topology/hosts/nope", {}, None, 404),
        ("GET", "/api/topology/{view}/ws", "/api/topology/hosts/ws", UPGRADE, None, 101),
        ("GET", "/api/topology/{view}/ws", "/api/topology/hosts/ws", {}, None, 426),
        ("GET", "/api/report", "/api/report", {}, None, 200),
        ("GET", "/api/report", "/api/report?timestamp=x", {}, None, 400),
        ("POST", "/api/report", "/api/report", JSON, b"{}", 200),
        ("POST", "/api/report", "/api/report", JSON, b"nonsense", 400),
    ]


class Shape:
    """Checks a value against the part of JSON Schema that the document uses."""

    TYPES = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "boolean": bool}

    def __init__(self, document):
        self.document = document

    def resolve(self, part):
        while "$ref" in part:
            target = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                target = target[name]
            part = target
        return part

    def errors(self, value, schema, place="$"):
        schema = self.resolve(schema)
        if "oneOf" in schema:
            fits = any(not list(self.errors(value, one, place)) for one in schema["oneOf"])
            return [] if fits else [f"{place}: {value!r} fits none of {schema['oneOf']}"]
        if value is None and schema.get("nullable"):
            return []
        wanted = schema.get("type")
        if wanted and (not isinstance(value, self.TYPES[wanted]) or (isinstance(value, bool) and wanted != "boolean")):
            return [f"{place}: {value!r} is no {wanted}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{place}: {value!r} is none of {schema['enum']}"]
        return self.members(value, schema, place) + self.items(value, schema, place)

    def members(self, value, schema, place):
        if not isinstance(value, dict):
            return []
        found = [f"{place}.{name} is missing" for name in schema.get("required", []) if name not in value]
        for name, member in value.items():
            if name in schema.get("properties", {}):
                found += self.errors(member, schema["properties"][name], f"{place}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{place}.{name} is not documented")
        return found

    def items(self, value, schema, place):
        if not isinstance(value, list) or "items" not in schema:
            return []
        return [error for i, item in enumerate(value) for error in self.errors(item, schema["items"], f"{place}[{i}]")]


class OpenApiTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(DOCUMENT, encoding="utf-8") as file:
            cls.document = yaml.safe_load(file)
        cls.process = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--log-level", "error"],
                                       stdout=subprocess.PIPE, text=True)
        cls.port = int(cls.process.stdout.readline().rsplit(":", 1)[1])
        status, _, _ = cls.ask("POST", "/api/v1/report", JSON, json.dumps(REPORT).encode())
        assert status == 200, status
        view = json.loads(cls.ask("GET", "/api/v1/views/processes", {}, None)[2])
        cls.requests = requests(view["nodes"][0]["id"], view["edges"][0]["id"])

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        assert cls.process.wait(timeout=LIMIT) == 0
        cls.process.stdout.close()

    @classmethod
    def ask(cls, method, path, headers, body):
        connection = http.client.HTTPConnection("127.0.0.1", cls.port, timeout=LIMIT)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            data = b"" if answer.status == 101 else answer.read()
            return answer.status, answer.getheader("Content-Type") or "", data
        finally:
            connection.close()

    def test_every_documented_status_is_provoked(self):
        documented = {(method.upper(), path, int(status))
                      for path, item in self.document["paths"].items()
                      for method, operation in item.items() for status in operation["responses"]}
        provoked = {(method, path, status) for method, path, _, _, _, status in self.requests}
        self.assertEqual(documented, provoked)

    def test_every_answer_is_as_documented(self):
        shape = Shape(self.document)
        for method, path, sent, headers, body, expected in self.requests:
            with self.subTest(f"{method} {sent} {expected}"):
                status, content_type, data = self.ask(method, sent, headers, body)
                self.assertEqual(status, expected, data[:300])
                response = shape.resolve(self.document["paths"][path][method.lower()]["responses"][str(status)])
                for media, content in response.get("content", {}).items():
                    self.assertTrue(content_type.startswith(media), content_type)
                    if media == "application/json":
                        self.assertEqual(shape.errors(json.loads(data), content["schema"]), [])

    def test_pages_join_to_the_whole(self):
        whole = json.loads(self.ask("GET", "/api/v1/views/processes", {}, None)[2])
        pieces, cursor = {"nodes": [], "edges": []}, ""
        while cursor is not None:
            page = json.loads(self.ask("GET", f"/api/v1/views/processes?limit=1&next={cursor}", {}, None)[2])
            for kind, things in pieces.items():
                things += page[kind]
            self.assertLessEqual(len(page["nodes"]) + len(page["edges"]), 1)
            cursor = page["next"]
        for kind, things in pieces.items():
            self.assertEqual([thing["id"] for thing in things], [thing["id"] for thing in whole[kind]])


if __name__ == "__main__":
    unittest.main()

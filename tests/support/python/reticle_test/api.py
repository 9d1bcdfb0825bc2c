"""The app's v1 API (docs/api.md) as a test reads it."""

import http.client
import json
import urllib.parse


class ApiError(Exception):
    """An answer that is not 200; `status`, `code` and `message` as the app gave them."""

    def __init__(self, status, body):
        self.status = status
        try:
            error = json.loads(body)["error"]
            self.code, self.message = error["code"], error["message"]
        except (ValueError, KeyError, TypeError):
            self.code, self.message = None, body.decode(errors="replace")
        super().__init__(f"{status} {self.code}: {self.message}")


class Api:
    """Requests to one app. Every call has a time limit; none is repeated."""

    def __init__(self, host, port, seconds=10):
        self.host, self.port, self._seconds = host, port, seconds

    def raw(self, method, path, body=None, headers=None):
        """(status, headers, body) of one request on a connection of its own."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self._seconds)
        try:
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def get(self, path, **parameters):
        """The JSON answer; raises ApiError for any status but 200."""
        query = f"?{urllib.parse.urlencode(parameters)}" if parameters else ""
        status, _, body = self.raw("GET", path + query)
        if status != 200:
            raise ApiError(status, body)
        return json.loads(body)

    def view(self, view, limit=1000, **options):
        """The whole view, all pages put together: {"world_seq", "nodes", "edges", ...}."""
        whole, cursor = None, None
        while True:
            parameters = {**options, "limit": limit, **({"next": cursor} if cursor else {})}
            page = self.get(f"/api/v1/views/{view}", **parameters)
            if whole is None:
                whole = page
            else:
                whole["nodes"] += page["nodes"]
                whole["edges"] += page["edges"]
            cursor = page["next"]
            if cursor is None:
                return whole

    def processes(self):
        """The processes view with everything in it."""
        return self.view("processes", unconnected="show")

    def hosts(self):
        """The nodes of the hosts view by their id."""
        return {node["id"]: node for node in self.view("hosts")["nodes"]}

    def probes(self):
        """What the app knows of its probes, by host id."""
        return {probe["host_id"]: probe for probe in self.get("/api/v1/probes")["probes"]}

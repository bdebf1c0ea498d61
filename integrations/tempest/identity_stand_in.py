#!/usr/bin/python3
"""The part of OpenStack's Identity API v3 that upstream's API tests need: accounts that they make for themselves, tokens,
and a catalogue with one network service.

Prints the port that it listens on, reads the URL of the network service from its input, and ends with its input. For tests
on loopback only: it keeps everything in memory and checks no password. The user `admin` administrates.
"""
import json
import re
import sys
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

DOMAIN = {"id": "default", "name": "Default", "enabled": True}
ROLES = [{"id": f"role-{name}", "name": name} for name in ("admin", "member", "reader")]
KEPT = {
    "domains": {"default": DOMAIN},
    "roles": {role["id"]: role for role in ROLES},
    "projects": {"admin": {"id": "admin", "name": "admin", "domain_id": "default"}},
    "users": {"admin": {"id": "admin", "name": "admin", "domain_id": "default"}},
}
GRANTS = {("admin", "admin"): {"role-admin"}}
TOKENS = {}
CATALOG = []


def endpoint(url):
    return [{"id": url, "interface": "public", "region": "RegionOne", "region_id": "RegionOne", "url": url}]


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000Z", time.gmtime(at))


def found(kind, wanted):
    """The record that a request names by its id or its name."""
    for record in KEPT[kind].values():
        if record["id"] == wanted.get("id") or record["name"] == wanted.get("name"):
            return record
    return None


def issue(auth):
    user = found("users", auth["identity"]["password"]["user"])
    project = found("projects", auth.get("scope", {}).get("project", {}))
    if user is None:
        return None
    token = {
        "methods": ["password"],
        "user": {"id": user["id"], "name": user["name"], "domain": DOMAIN},
        "issued_at": stamp(time.time()),
        "expires_at": stamp(time.time() + 86400),
        "catalog": CATALOG,
    }
    if project is not None:
        granted = GRANTS.get((project["id"], user["id"]), set())
        token["project"] = {"id": project["id"], "name": project["name"], "domain": DOMAIN}
        token["roles"] = [role for role in ROLES if role["id"] in granted]
    name = uuid.uuid4().hex
    TOKENS[name] = token
    return name


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=None, headers=None):
        data = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": len(data), **(headers or {})}
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(data)

    def missing(self):
        self.answer(404, {"error": {"code": 404, "message": "missing"}})

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path == "/v3/auth/tokens":
            name = issue(sent["auth"])
            if name is None:
                return self.answer(401, {"error": {"code": 401, "message": "unknown user"}})
            return self.answer(201, {"token": TOKENS[name]}, {"X-Subject-Token": name})
        kind = self.path.removeprefix("/v3/")
        if kind not in KEPT:
            return self.missing()
        record = {"domain_id": "default", "enabled": True, **sent[kind[:-1]], "id": uuid.uuid4().hex}
        record.pop("password", None)
        KEPT[kind][record["id"]] = record
        return self.answer(201, {kind[:-1]: record})

    def do_GET(self):
        url = urlsplit(self.path)
        path = url.path.rstrip("/")
        if path == "/v3":
            links = [{"rel": "self", "href": f"http://{self.headers['Host']}/v3"}]
            return self.answer(200, {"version": {"id": "v3.14", "status": "stable", "links": links}})
        if path == "/v3/auth/tokens":
            token = TOKENS.get(self.headers.get("X-Subject-Token"))
            return self.missing() if token is None else self.answer(200, {"token": token})
        grants = re.fullmatch(r"/v3/projects/(\w+)/users/(\w+)/roles", path)
        if grants is not None:
            granted = GRANTS.get(grants.groups(), set())
            return self.answer(200, {"roles": [role for role in ROLES if role["id"] in granted]})
        kind, _, name = path.removeprefix("/v3/").partition("/")
        if kind not in KEPT:
            return self.missing()
        if name == "":
            wanted = parse_qs(url.query).get("name")
            records = [one for one in KEPT[kind].values() if wanted is None or one["name"] in wanted]
            return self.answer(200, {kind: records})
        return self.answer(200, {kind[:-1]: KEPT[kind][name]}) if name in KEPT[kind] else self.missing()

    def do_PUT(self):
        grant = re.fullmatch(r"/v3/(?:projects|domains)/(\w+)/users/(\w+)/roles/([\w-]+)", self.path)
        if grant is None:
            return self.missing()
        project, user, role = grant.groups()
        GRANTS.setdefault((project, user), set()).add(role)
        return self.answer(204)

    def do_DELETE(self):
        kind, _, name = self.path.removeprefix("/v3/").partition("/")
        KEPT.get(kind, {}).pop(name, None)
        return self.answer(204)

    def log_message(self, *_):
        pass


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    print(port, flush=True)
    network = sys.stdin.readline().strip()
    CATALOG.append({"id": "network", "type": "network", "name": "neutron", "endpoints": endpoint(network)})
    identity = endpoint(f"http://127.0.0.1:{port}/v3")
    CATALOG.append({"id": "identity", "type": "identity", "name": "keystone", "endpoints": identity})
    print("ready", flush=True)
    sys.stdin.read()


main()

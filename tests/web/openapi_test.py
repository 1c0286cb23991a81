#!/usr/bin/python3
"""docs/openapi.yaml and the running program say the same.

usage: openapi_test.py PROGRAM

The paths and methods of the document are those that the program has. Every
status that the document has for an operation is provoked, but for the few that
need a service in trouble, and each answer has the type and the schema that the
document says.
"""

import gzip
import http.client
import json
import pathlib
import re
import sys
import tempfile
import unittest

import jsonschema
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "embedded" / "cli"))
import commands_test as office  # noqa: E402

DOCUMENT = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
BOARD = json.loads((ROOT / "web" / "openapi.json").read_text(encoding="utf-8"))
# These need a service that is in trouble; tests/web has them.
IN_TROUBLE = {"429", "503"}
# And this one Kafka.
ON_KAFKA = {("/v1/stream", "get", "404")}
ONE = "application/cloudevents+json"
MANY = "application/cloudevents-batch+json"


def resolved(node):
    while "$ref" in node:
        found = DOCUMENT
        for step in node["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        node = found
    return node


def validator(schema):
    return jsonschema.Draft202012Validator({**schema, "components": DOCUMENT["components"]})


class OpenApi(unittest.TestCase):
    def ask(self, service, method, path, body=None, headers=None, template=None):
        """Sends a request; its answer is one that the document knows."""
        c = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        c.putrequest(method, path, skip_host="Host" in (headers or {}))
        for name, value in (headers or {}).items():
            c.putheader(name, value)
        if body is not None:
            c.putheader("Content-Length", str(len(body)))
        c.endheaders(body)
        answer = c.getresponse()
        status = str(answer.status)
        stream = answer.getheader("Content-Type") == "text/event-stream"
        text = b"" if stream else answer.read()
        c.close()
        template = template or path.partition("?")[0]
        operations = DOCUMENT["paths"][template]
        operation = operations.get(method.lower()) or next(iter(operations.values()))
        name = f"{method} {path}: {status} {text[:300]}"
        self.assertIn(status, operation["responses"], name)
        contents = resolved(operation["responses"][status])["content"]
        kind = answer.getheader("Content-Type").partition(";")[0]
        self.assertIn(kind, contents, name)
        if kind.endswith("json"):
            faults = [e.message for e in validator(
                contents[kind]["schema"]).iter_errors(json.loads(text))]
            self.assertEqual(faults, [], name)
        self.seen.add((template, next(k for k, v in operations.items() if v is operation), status))
        return status

    def test_the_document_and_the_program_say_the_same(self):
        self.seen = set()
        lead = office.leads([1])[0].encode()
        with tempfile.TemporaryDirectory() as folder:
            token = pathlib.Path(folder, "token")
            token.write_text("s3cret")
            with office.Service(folder + "/open") as s:
                self.paths_are_those_of(s)
                self.all_operations(s, lead)
            with office.Service(folder + "/closed", "--http-token-file", str(token)) as s:
                for path in ("/v1/events", "/v1/stream"):
                    self.ask(s, "POST" if path == "/v1/events" else "GET", path,
                             lead if path == "/v1/events" else None, {"Content-Type": ONE})
                self.ask(s, "GET", "/v1/topics/leads/records", None, {},
                         "/v1/topics/{topic}/records")
        missing = {(path, method, status)
                   for path, operations in DOCUMENT["paths"].items()
                   for method, operation in operations.items()
                   for status in operation["responses"]
                   if status not in IN_TROUBLE} - self.seen - ON_KAFKA
        self.assertEqual(missing, set())

    def paths_are_those_of(self, service):
        c = http.client.HTTPConnection("127.0.0.1", service.port, timeout=20)
        c.request("GET", "/v1")
        told = json.loads(c.getresponse().read())["detail"]
        c.close()
        program = set(re.findall(r"(GET|POST) (/[^ ,]+?)(?=[,.] |[,.]?$|, )", told))
        documented = {(method.upper(), path) for document in (DOCUMENT, BOARD)
                      for path, operations in document["paths"].items()
                      for method in operations}
        self.assertEqual(program, documented | {("GET", "/v1/openapi.json")})

    def all_operations(self, s, lead):
        def events(body, **headers):
            return self.ask(s, "POST", "/v1/events", body,
                            {k.replace("_", "-"): v for k, v in headers.items()})
        self.assertEqual(events(lead, Content_Type=ONE), "202")
        self.assertEqual(events(b"[" + lead + b"]", Content_Type=MANY), "202")
        self.assertEqual(events(gzip.compress(lead), Content_Type=ONE,
                                Content_Encoding="gzip"), "202")
        self.assertEqual(events(b'{"lead_id":"l-2"}', ce_specversion="1.0", ce_id="2",
                                ce_source="/t", ce_type="lead.received",
                                ce_partitionkey="acme"), "202")
        example = DOCUMENT["paths"]["/v1/events"]["post"]["requestBody"]["content"][ONE]["example"]
        self.assertEqual(events(json.dumps(example).encode(), Content_Type=ONE), "202")
        for wait, status in (("0", "202"), ("3", "200"), ("4", "400"), ("x", "400")):
            self.assertEqual(self.ask(s, "POST", "/v1/events?wait_s=" + wait, office.TEAM.encode(),
                                      {"Content-Type": ONE}), status)
        self.assertEqual(events(b"[" + lead + b',{"specversion":"1.0"}]', Content_Type=MANY), "400")
        self.assertEqual(events(lead, Content_Type=ONE, Origin="https://evil.example"), "403")
        self.assertEqual(events(None, Content_Type=ONE), "411")
        self.assertEqual(events(b"[" + b" " * (1 << 20) + b"]", Content_Type=MANY), "413")
        self.assertEqual(events(lead, Content_Type="text/plain"), "415")
        self.assertEqual(events(lead, Content_Type=ONE, Host="evil.example"), "421")
        self.ask(s, "GET", "/v1/events")
        s.wait_for("leads", 5)
        for query, status, headers in (
                ("", "200", {}), ("?team=acme&after=-1&limit=1&wait_s=0", "200", {}),
                ("?limit=0", "400", {}), ("?Team=x", "400", {}), ("?after=99999", "410", {}),
                ("", "421", {"Host": "evil.example"}),
                ("", "403", {"Sec-Fetch-Site": "cross-site"})):
            for path, template in (("/v1/topics/leads/records", "/v1/topics/{topic}/records"),
                                   ("/v1/stream", None)):
                wanted = query.replace("limit=0", "after=x") if template is None else query
                if template is None and "limit=1" in query:
                    wanted = "?team=acme&after=0&topics=leads"
                self.assertEqual(self.ask(s, "GET", path + wanted, None, headers, template), status)
        template = "/v1/topics/{topic}/records"
        self.assertEqual(self.ask(s, "GET", "/v1/topics/state/records", template=template), "404")
        self.ask(s, "DELETE", "/v1/topics/leads/records", template=template)
        self.ask(s, "DELETE", "/v1/stream")
        for path in ("/livez", "/readyz", "/startupz", "/metrics", "/version"):
            self.assertEqual(self.ask(s, "GET", path), "200")
            self.assertEqual(self.ask(s, "DELETE", path), "405")


if __name__ == "__main__":
    office.PROGRAM = sys.argv.pop(1)
    unittest.main()

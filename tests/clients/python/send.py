"""Sends a lead in each mode of the CloudEvents SDK for Python, and of requests.

usage: send.py URL
"""

import json
import sys

import requests
from cloudevents.core.bindings import http
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1.http import CloudEvent as OldEvent
from cloudevents.v1.http import to_binary as old_binary
from cloudevents.v1.http import to_structured as old_structured

URL = sys.argv[1] + "/v1/events"


def attributes(mode):
    return {"id": mode, "type": "lead.received", "source": "/python", "partitionkey": "acme"}


def say(mode, answer):
    print(json.dumps({"id": mode, "status": answer.status_code, "body": answer.text}))


def send(mode, headers, body):
    say(mode, requests.post(URL, headers=headers, data=body, timeout=20))


def core(mode, make, **more):
    m = make(CloudEvent(attributes={**attributes(mode), **more}, data={"lead_id": mode}),
             JSONFormat())
    send(mode, m.headers, m.body)


def old(mode, make, **more):
    headers, body = make(OldEvent({**attributes(mode), **more}, {"lead_id": mode}))
    send(mode, headers, body)


core("core-binary", http.to_binary)
core("core-binary-typed", http.to_binary, datacontenttype="application/json")
core("core-binary-vendor", http.to_binary, datacontenttype="application/vnd.crm+json")
core("core-structured", http.to_structured)
core("core-subject", http.to_binary, subject="Büro Nord, 100 %")
old("v1-binary", old_binary)
old("v1-structured", old_structured)
bytes_event = CloudEvent(
    attributes={**attributes("core-bytes"), "datacontenttype": "application/json"},
    data=b'{"lead_id": "core-bytes"}')
message = http.to_structured(bytes_event, JSONFormat())
send("core-bytes", message.headers, message.body)


def event_text(mode):
    return json.dumps({"specversion": "1.0", **attributes(mode), "data": {"lead_id": mode}}).encode()


def pieces(text):
    yield text[:10]
    yield text[10:]


STRUCTURED = {"content-type": "application/cloudevents+json; charset=UTF-8"}
send("requests-whole", STRUCTURED, event_text("requests-whole"))
send("requests-chunked", STRUCTURED, pieces(event_text("requests-chunked")))

#!/usr/bin/python3
"""Sends a lead over HTTP and waits for its owner. Needs nothing but Python.

usage: lead.py URL TEAM LEAD_ID NAME     FAIRLEAD_HTTP_TOKEN: the token, if any
"""
import json
import os
import sys
import urllib.request
import uuid

url, team, lead_id, name = sys.argv[1:]


def ask(path, body=None, media_type="application/json"):
    request = urllib.request.Request(url + path, body, {"Content-Type": media_type})
    if token := os.environ.get("FAIRLEAD_HTTP_TOKEN"):
        request.add_header("Authorization", f"Bearer {token}")
    try:
        with urllib.request.urlopen(request, timeout=40) as answer:
            return json.load(answer)
    except OSError as error:  # not reachable, or a status above 399
        sys.exit(f"{url + path}: {error}")


event = {
    "specversion": "1.0", "type": "lead.received", "source": "/examples/http",
    # The same id again changes nothing, so repeat it when you are not sure.
    "id": str(uuid.uuid4()), "partitionkey": team,
    "data": {"lead_id": lead_id, "contact": {"name": name}}}
ask("/v1/events", json.dumps(event).encode(), "application/cloudevents+json")
after = -1  # from the beginning; a program keeps `next` for its next start
while True:
    page = ask(f"/v1/topics/assignments/records?team={team}&after={after}&wait_s=30")
    for data in (record["event"]["data"] for record in page["records"]):
        if data["lead_id"] == lead_id and data["owner"]:
            print(f"{lead_id} belongs to {data['owner']}")
            sys.exit()
    after = page["next"]

#!/usr/bin/python3
"""Publishes a lead, as a web form does.

usage: publish.py TEAM LEAD_ID NAME
"""
import json
import os
import sys
import uuid

from confluent_kafka import Producer

team, lead_id, name = sys.argv[1:]
producer = Producer({
    "bootstrap.servers": os.environ.get("BROKERS", "localhost:9092"),
    "acks": "all",
    "enable.idempotence": True,
    # Where Java's client would write. A record elsewhere costs a detour.
    "partitioner": "murmur2_random"})
event = {
    "specversion": "1.0", "type": "lead.received", "source": "/examples/python",
    # The same id again changes nothing, so repeat it when you are not sure.
    "id": str(uuid.uuid4()),
    "data": {"lead_id": lead_id, "contact": {"name": name}}}


def delivered(error, message):
    if error:
        sys.exit(f"not published: {error}")
    print(f"{lead_id} is in {message.topic()}, partition {message.partition()}")


topic = os.environ.get("TOPIC_PREFIX", "fairlead") + ".leads"
producer.produce(topic, key=team, value=json.dumps(event), on_delivery=delivered)
if producer.flush(30):
    sys.exit("not published: no answer within 30 s")

#!/usr/bin/python3
"""Prints who owns which lead, from now on, until Ctrl-C.

usage: consume.py GROUP_ID
"""
import json
import os
import signal
import sys

from confluent_kafka import Consumer

consumer = Consumer({
    "bootstrap.servers": os.environ.get("BROKERS", "localhost:9092"),
    "group.id": sys.argv[1],
    # Fairlead writes in transactions: what was aborted is not for you.
    "isolation.level": "read_committed",
    "auto.offset.reset": "earliest",
    "enable.auto.commit": False})
running = True


def stop(*_):
    global running
    running = False


signal.signal(signal.SIGINT, stop)
signal.signal(signal.SIGTERM, stop)
consumer.subscribe([os.environ.get("TOPIC_PREFIX", "fairlead") + ".assignments"])
while running:
    message = consumer.poll(0.5)
    if message is None:
        continue
    if message.error():
        print(message.error(), file=sys.stderr)
        continue
    event = json.loads(message.value())
    if event["type"] in ("lead.assigned", "lead.reassigned"):
        data = event["data"]
        # Keep the highest owner_epoch of a lead: this may come twice.
        print(f"{data['lead_id']} belongs to {data['agent']['name']}"
              f" ({data['reason']}, epoch {data['owner_epoch']})", flush=True)
    consumer.commit(message, asynchronous=False)  # done with it, not before
consumer.close()

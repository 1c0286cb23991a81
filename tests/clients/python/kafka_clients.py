"""Leads by Kafka's client libraries for Python, and the outputs read by them.

usage: kafka_clients.py BROKERS TOPIC_PREFIX URL
"""

import asyncio
import json
import sys
import time

import aiokafka
import confluent_kafka
import kafka

BROKERS, PREFIX = sys.argv[1:3]
LEADS = f"{PREFIX}.leads"
TOPICS = [f"{PREFIX}.assignments", f"{PREFIX}.notifications"]


def data(lead):
    return json.dumps({"lead_id": lead}).encode()


def structured(lead):
    return json.dumps({
        "specversion": "1.0", "id": lead, "source": "/python", "type": "lead.received",
        "partitionkey": "acme", "data": {"lead_id": lead}}).encode()


def headers(lead):
    """Binary mode, as the SDKs write it: without a content type."""
    return [("ce_specversion", b"1.0"), ("ce_id", lead.encode()), ("ce_source", b"/python"),
            ("ce_type", b"lead.received"), ("ce_partitionkey", b"acme")]


def tell(library, sent, read):
    print(json.dumps({"library": library, "sent": sent, "read": read}), flush=True)


class Reading:
    """What was read of our leads: an owner and a notification for each."""

    def __init__(self, wanted):
        self.wanted, self.owners, self.told = wanted, [], []
        self.until = time.monotonic() + 30

    def take(self, value):
        e = json.loads(value)
        lead = e["data"].get("lead_id")
        if lead in self.wanted and e["type"] == "lead.assigned":
            self.owners.append(lead)
        elif lead in self.wanted and e["type"] == "notification.requested":
            self.told.append(lead)

    def goes_on(self):
        return time.monotonic() < self.until and (
            len(self.owners) < len(self.wanted) or len(self.told) < len(self.wanted))

    def result(self):
        return sorted(lead for lead in self.owners if lead in self.told)


def with_confluent():
    name, base = f"confluent-kafka {confluent_kafka.__version__}", {"bootstrap.servers": BROKERS}
    p = confluent_kafka.Producer(base)
    p.produce(LEADS, key="acme", value=structured("confluent-structured"))
    p.produce(LEADS, key="acme", value=data("confluent-binary"),
              headers=headers("confluent-binary"))
    assert p.flush(20) == 0
    p = confluent_kafka.Producer({**base, "compression.type": "gzip"})
    p.produce(LEADS, key="acme", value=structured("confluent-gzip"))
    assert p.flush(20) == 0
    p = confluent_kafka.Producer({**base, "transactional.id": f"{PREFIX}-confluent"})
    p.init_transactions(20)
    for lead, end in (("confluent-aborted", p.abort_transaction),
                      ("confluent-committed", p.commit_transaction)):
        p.begin_transaction()
        p.produce(LEADS, key="acme", value=structured(lead))
        p.flush(20)
        end(20)
    sent = [f"confluent-{m}" for m in ("structured", "binary", "gzip", "committed")]
    c = confluent_kafka.Consumer({**base, "group.id": f"{PREFIX}-confluent",
                                  "auto.offset.reset": "earliest"})
    c.subscribe(TOPICS)
    reading = Reading(sent)
    while reading.goes_on():
        m = c.poll(0.5)
        if m is not None and not m.error():
            reading.take(m.value())
    c.close()
    tell(name, sent, reading.result())


async def with_aiokafka():
    async def send(lead, value, more=None, **settings):
        p = aiokafka.AIOKafkaProducer(bootstrap_servers=BROKERS, **settings)
        await p.start()
        await p.send_and_wait(LEADS, value, key=b"acme", headers=more)
        await p.stop()
        return lead

    sent = [await send("aiokafka-structured", structured("aiokafka-structured")),
            await send("aiokafka-binary", data("aiokafka-binary"), headers("aiokafka-binary")),
            await send("aiokafka-gzip", structured("aiokafka-gzip"), compression_type="gzip")]
    p = aiokafka.AIOKafkaProducer(bootstrap_servers=BROKERS,
                                  transactional_id=f"{PREFIX}-aiokafka")
    await p.start()
    await p.begin_transaction()
    await p.send_and_wait(LEADS, structured("aiokafka-aborted"), key=b"acme")
    await p.abort_transaction()
    async with p.transaction():
        await p.send_and_wait(LEADS, structured("aiokafka-committed"), key=b"acme")
    await p.stop()
    sent.append("aiokafka-committed")
    c = aiokafka.AIOKafkaConsumer(
        *TOPICS, bootstrap_servers=BROKERS, group_id=f"{PREFIX}-aiokafka",
        auto_offset_reset="earliest", isolation_level="read_committed")
    await c.start()
    reading = Reading(sent)
    while reading.goes_on():
        for records in (await c.getmany(timeout_ms=500)).values():
            for r in records:
                reading.take(r.value)
    await c.stop()
    tell(f"aiokafka {aiokafka.__version__}", sent, reading.result())


def with_kafka_python():
    def send(lead, value, more=None, **settings):
        p = kafka.KafkaProducer(bootstrap_servers=BROKERS, **settings)
        p.send(LEADS, key=b"acme", value=value, headers=more).get(20)
        p.close()
        return lead

    sent = [send("kafka-python-structured", structured("kafka-python-structured")),
            send("kafka-python-binary", data("kafka-python-binary"),
                 headers("kafka-python-binary")),
            send("kafka-python-gzip", structured("kafka-python-gzip"), compression_type="gzip")]
    p = kafka.KafkaProducer(bootstrap_servers=BROKERS, transactional_id=f"{PREFIX}-python")
    p.init_transactions()
    for lead, end in (("kafka-python-aborted", p.abort_transaction),
                      ("kafka-python-committed", p.commit_transaction)):
        p.begin_transaction()
        p.send(LEADS, key=b"acme", value=structured(lead)).get(20)
        end()
    p.close()
    sent.append("kafka-python-committed")
    c = kafka.KafkaConsumer(*TOPICS, bootstrap_servers=BROKERS, group_id=f"{PREFIX}-python",
                            auto_offset_reset="earliest", isolation_level="read_committed")
    reading = Reading(sent)
    while reading.goes_on():
        for records in c.poll(timeout_ms=500).values():
            for r in records:
                reading.take(r.value)
    c.close()
    tell(f"kafka-python {kafka.__version__}", sent, reading.result())


with_confluent()
asyncio.run(with_aiokafka())
with_kafka_python()

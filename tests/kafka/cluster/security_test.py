#!/usr/bin/python3
"""TLS, client certificates, SCRAM and ACLs against a broker that asks for them.

Goal: the service works over a secured connection with no right beyond those that
docs/operating.md lists, says which right is missing, and shows no secret. Method:
a broker of its own with a self-made CA, one listener for passwords over TLS and
one for client certificates, and the StandardAuthorizer. The test grants exactly
what the page's table says, lets leads get owners over both listeners, then takes
away one right after another and looks for the sentence that names it.

The passwords go by SCRAM-SHA-512; where librdkafka is older than 2.6.1, whose SCRAM
Kafka 4 refuses, the test looks for the sentence about that and goes on by PLAIN.

usage: security_test.py --fairlead PROGRAM --kafka script/kafka
"""

import argparse
import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import uuid

from confluent_kafka import Producer

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import rights
from outside import Instance, Reader, event, say
from proxy import free_ports

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../../docs/operating.md")
PASSWORD = "pw-of-" + uuid.uuid4().hex
KEY_PASSWORD = "key-of-" + uuid.uuid4().hex
LEADS = 20


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


def make_certificates(folder):
    """A CA, the broker's key and a client's, in PEM."""
    with open(f"{folder}/san", "w") as f:
        f.write("subjectAltName=IP:127.0.0.1\n")
    openssl(folder, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem")
    for name in ("broker", "fairlead"):
        openssl(folder, "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", f"{name}.key", "-out", f"{name}.csr")
        openssl(folder, "x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey",
                "ca.key", "-CAcreateserial", "-days", "2", "-extfile", "san", "-out",
                f"{name}.pem")
    # The client's is locked, as it should be on a disk.
    openssl(folder, "rsa", "-aes256", "-in", "fairlead.key", "-passout",
            f"pass:{KEY_PASSWORD}", "-out", "fairlead.locked")
    with open(f"{folder}/broker.chain", "w") as out:
        for name in ("broker.key", "broker.pem"):
            with open(f"{folder}/{name}") as f:
                out.write(f.read())


def start_broker(script, folder, port):
    settings = {
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
        # The plaintext listener is the test's own and the broker's.
        "super.users": "User:ANONYMOUS",
        "ssl.keystore.type": "PEM", "ssl.keystore.location": f"{folder}/broker.chain",
        "ssl.truststore.type": "PEM", "ssl.truststore.location": f"{folder}/ca.pem",
        "listener.name.mutual.ssl.client.auth": "required",
        "listener.name.password.sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN",
        "listener.name.password.scram-sha-512.sasl.jaas.config":
            "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        "listener.name.password.plain.sasl.jaas.config":
            "org.apache.kafka.common.security.plain.PlainLoginModule required "
            f'user_fairlead="{PASSWORD}";'}
    sets = [x for k, v in settings.items() for x in ("--set", f"{k}={v}")]
    return subprocess.run(
        [script, "start", "--dir", f"{folder}/kafka", "--listener", f"PASSWORD,SASL_SSL,{port}",
         "--listener", f"MUTUAL,SSL,{port + 1}", "--scram", f"fairlead:{PASSWORD}", *sets],
        check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


class World:
    def __init__(self, fairlead, folder, broker, port):
        self.fairlead, self.folder, self.broker = fairlead, folder, broker
        self.prefix = "secure-" + uuid.uuid4().hex[:6]
        self.ca = ["-X", f"ssl.ca.location={folder}/ca.pem"]
        password = ["--brokers", f"127.0.0.1:{port}", "-X", "security.protocol=sasl_ssl",
                    "-X", "sasl.username=fairlead", *self.ca]
        secret = {"FAIRLEAD_KAFKA_SASL_PASSWORD": PASSWORD}
        self.ways = {
            "scram": ([*password, "-X", "sasl.mechanism=SCRAM-SHA-512"], secret),
            "plain": ([*password, "-X", "sasl.mechanism=PLAIN"], secret),
            "mutual": (["--brokers", f"127.0.0.1:{port + 1}", "-X", "security.protocol=ssl",
                        "-X", f"ssl.certificate.location={folder}/fairlead.pem",
                        "-X", f"ssl.key.location={folder}/fairlead.locked", *self.ca],
                       {"FAIRLEAD_KAFKA_SSL_KEY_PASSWORD": KEY_PASSWORD})}
        self.principals = ["User:fairlead", "User:CN=fairlead"]
        self.password = self.way_of_passwords()
        self.runs = 0
        self.producer = Producer({"bootstrap.servers": broker, "linger.ms": 1,
                                  "partitioner": "murmur2_random"})

    def way_of_passwords(self):
        told = subprocess.run([self.fairlead, "--version"], text=True, check=True,
                              stdout=subprocess.PIPE).stdout
        version = re.search(r"librdkafka (\d+)\.(\d+)\.(\d+)", told)
        new = tuple(int(n) for n in version.groups()) >= (2, 6, 1)
        say(f"{version.group(0)}: passwords go by {'SCRAM' if new else 'PLAIN'}")
        return "scram" if new else "plain"

    def command(self, way, *arguments, options=None, environment=None):
        kafka, secret = self.ways[way]
        done = subprocess.run(
            [self.fairlead, *arguments, *(options or kafka), "--topic-prefix", self.prefix],
            env={**os.environ, **(secret if environment is None else environment)}, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
        with open(f"{self.folder}/commands.log", "a") as f:
            f.write(done.stdout)
        return done

    def start(self, way, *more):
        kafka, secret = self.ways[way]
        self.runs += 1
        os.environ.update(secret)
        try:
            return Instance([self.fairlead, "run", *kafka, "--topic-prefix", self.prefix,
                             "--http", "off", *more],
                            f"{self.folder}/run-{self.runs}.log")
        finally:
            for name in secret:
                del os.environ[name]

    def publish(self, first, count):
        for n in range(first, first + count):
            lead = f"l-{n}"
            self.producer.produce(f"{self.prefix}.leads", key="acme", value=event(
                "lead.received", lead, "acme", {"lead_id": lead, "source": "web"}))
        if self.producer.flush(30):
            fail("not all was published")

    def owners(self):
        return sum(json.loads(m.value())["type"] == "lead.assigned" for m in
                   Reader(self.broker, [f"{self.prefix}.assignments"], 2).all())

    def wait_for_owners(self, count, instance):
        until = time.monotonic() + 30
        while self.owners() < count:
            if time.monotonic() > until:
                fail(f"{self.owners()} of {count} leads have an owner:\n{log_of(instance)}")
            time.sleep(0.2)
        if self.owners() != count:
            fail("a lead has two owners")


def fail(text):
    sys.exit(f"FAILED: {text}")


def log_of(instance):
    with open(instance.log) as f:
        return f.read()


def works(world, way, so_far):
    instance = world.start(way)
    try:
        world.publish(so_far, LEADS)
        world.wait_for_owners(so_far + LEADS, instance)
        instance.stop()
    finally:
        if instance.process.poll() is None:
            instance.kill()
    say(f"{way}: {LEADS} leads have owners")
    return so_far + LEADS


def says_what_is_missing(world, right, wanted):
    """Without one right: a sentence that names it, from a start or while it runs."""
    principal = world.principals[0]
    rights.revoke(world.broker, principal, [right])
    time.sleep(0.3)
    instance = world.start(world.password)
    until = time.monotonic() + 20
    while not re.search(wanted, log_of(instance)):
        if time.monotonic() > until:
            instance.kill()
            fail(f"without {right}: nothing like {wanted!r} in {instance.log}:\n"
                 + log_of(instance)[-3000:])
        time.sleep(0.1)
    line = next(x for x in log_of(instance).splitlines() if re.search(wanted, x))
    say(f"without {right[3]} of {right[1]}: {line.strip()}")
    if instance.process.poll() is None:
        instance.kill()
    rights.grant(world.broker, principal, [right])


def wrong_ways(world, port):
    """What people get wrong at first: exit code 3, and a reason. Each takes ten
    seconds, so all at once."""
    way = world.password
    kafka, _ = world.ways[way]
    at = kafka.index(world.ca[1])
    tries = {
        "a wrong password": (way, None, {"FAIRLEAD_KAFKA_SASL_PASSWORD": "no-" + PASSWORD},
                             "uthentication"),
        "an unknown CA": (way, kafka[:at - 1] + kafka[at + 1:], None, "certificate"),
        "no TLS": (way, ["--brokers", f"127.0.0.1:{port}"], {}, "no Kafka broker answered"),
        "no client certificate": (
            "mutual", ["--brokers", f"127.0.0.1:{port + 1}", "-X", "security.protocol=ssl",
                       *world.ca], {}, "certificate")}
    if way != "scram":
        tries["an old SCRAM"] = ("scram", None, None, "Kafka 4 refuses the SCRAM of librdkafka")
    with concurrent.futures.ThreadPoolExecutor(len(tries)) as pool:
        done = {name: pool.submit(world.command, way, "topics", "check", options=options,
                                  environment=environment)
                for name, (way, options, environment, _) in tries.items()}
    for name, (_, _, _, wanted) in tries.items():
        got = done[name].result()
        if got.returncode != 3 or wanted not in got.stdout:
            fail(f"{name}: {got.returncode} {got.stdout}")
        say(f"{name}: {got.stdout.strip().splitlines()[-1]}")


def no_secret_is_shown(world):
    shown = world.command(world.password, "run", "--print-config")
    shown_key = world.command("mutual", "run", "--print-config")
    if "sasl.username" not in shown.stdout or "ssl.key" not in shown_key.stdout:
        fail(f"--print-config shows nothing: {shown.stdout}")
    # librdkafka is asked to tell all that it knows.
    loud = world.start(world.password, "-X", "debug=security,broker,conf")
    time.sleep(3)
    loud.stop()
    for name in os.listdir(world.folder):
        path = f"{world.folder}/{name}"
        if name.endswith(".log") and os.path.isfile(path):
            with open(path, errors="replace") as f:
                text = f.read()
            for secret in (PASSWORD, KEY_PASSWORD):
                if secret in text:
                    at = text.index(secret)
                    fail(f"a secret is shown in {path}: {text[max(at - 80, 0):at + 10]!r}")


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--fairlead", required=True)
    arguments.add_argument("--kafka", required=True)
    a = arguments.parse_args()
    folder = tempfile.mkdtemp(prefix="security-")
    try:
        make_certificates(folder)
        port = free_ports(2)
        world = World(a.fairlead, folder, start_broker(a.kafka, folder, port), port)
        test(world, port)
    finally:
        subprocess.run([a.kafka, "stop", "--dir", f"{folder}/kafka"], check=False)
    shutil.rmtree(folder)
    say("passed")


def test(world, port):
    granted = rights.of_the_table(PAGE, world.prefix, world.prefix)
    for kind in (rights.TOPIC, rights.GROUP, rights.TRANSACTIONAL_ID):
        if not any(r[0] == kind for r in granted):
            fail(f"the table in {PAGE} lacks a kind of resource: {granted}")
    # The topics are made by whoever may: here the test's own listener.
    made = world.command(world.password, "topics", "create",
                         options=["--brokers", world.broker, "--partitions", "2",
                                  "--replication-factor", "1"], environment={})
    if made.returncode != 0:
        fail(made.stdout)
    for principal in world.principals:
        rights.grant(world.broker, principal, granted)
    time.sleep(0.3)
    checked = world.command(world.password, "topics", "check")
    if checked.returncode != 0:
        fail(f"topics check: {checked.stdout}")
    world.producer.produce(f"{world.prefix}.roster", key="acme", value=event(
        "team.configured", "acme", "acme", {
            "team_id": "acme", "account_owner": "olivia",
            "routing_rules": [{"id": "rest", "assign": {"agent": "olivia"}}]}))
    world.producer.produce(f"{world.prefix}.roster", key="acme", value=event(
        "agent.configured", "olivia", "acme", {"agent_id": "olivia"}))
    world.producer.flush(30)
    so_far = works(world, world.password, 0)
    so_far = works(world, "mutual", so_far)
    wrong_ways(world, port)
    for right in granted:
        kind, name, _, operation = right
        of = {rights.TOPIC: "topic", rights.GROUP: "group",
              rights.TRANSACTIONAL_ID: "transactional id"}[kind]
        says_what_is_missing(world, right, f"{operation} .*{of} {re.escape(name)}")
    works(world, world.password, so_far)
    no_secret_is_shown(world)


if __name__ == "__main__":
    main()

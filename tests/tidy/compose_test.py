#!/usr/bin/python3
"""compose.yaml and the Dockerfile, as far as they can be checked unrun."""

import copy
import json
import pathlib
import re
import unittest

import jsonschema
import yaml

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SCHEMA = jsonschema.Draft7Validator(
    json.loads((HERE / "compose-spec.json").read_text(encoding="utf-8")))


def compose():
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))


def dockerfile():
    """The instructions, continued lines joined, comments gone."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^\s*#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


class ComposeTest(unittest.TestCase):
    def test_the_schema_holds(self):
        faults = [f"{list(e.absolute_path)}: {e.message}" for e in SCHEMA.iter_errors(compose())]
        self.assertEqual(faults, [])

    def test_the_schema_would_find_a_fault(self):
        for path, value in [(("services", "kafka", "imagee"), "x"),
                            (("services", "kafka", "ports"), "29092"),
                            (("services", "topics", "depends_on", "kafka", "condition"), 1)]:
            broken = copy.deepcopy(compose())
            place = broken
            for key in path[:-1]:
                place = place[key]
            place[path[-1]] = value
            self.assertFalse(SCHEMA.is_valid(broken), path)

    def test_what_is_waited_for_exists_and_can_come_true(self):
        services = compose()["services"]
        waits = [(name, other, rule["condition"]) for name, service in services.items()
                 for other, rule in service.get("depends_on", {}).items()]
        self.assertEqual(len(waits), 5)
        for name, other, condition in waits:
            self.assertIn(other, services, name)
            if condition == "service_healthy":
                self.assertIn("healthcheck", services[other], other)
            else:
                # Something that restarts never completes.
                self.assertEqual(condition, "service_completed_successfully")
                self.assertNotIn("restart", services[other], other)

    def test_secrets_and_volumes_are_declared_and_ports_differ(self):
        document = compose()
        ports = []
        for name, service in document["services"].items():
            for secret in service.get("secrets", []):
                self.assertIn(secret, document["secrets"])
            for volume in service.get("volumes", []):
                self.assertIn(volume.split(":")[0], document["volumes"])
            mine = [p.rsplit(":", 1)[0] for p in service.get("ports", [])]
            self.assertEqual(len(mine), len(set(mine)), name)
            # What has a profile of its own does not run beside the others.
            ports += mine if "profiles" not in service else []
        self.assertEqual(len(ports), len(set(ports)))
        # Nothing of this example is offered to the network.
        self.assertTrue(all(p.startswith("127.0.0.1:") for p in ports), ports)

    def test_two_instances_run_the_same_command(self):
        services = compose()["services"]
        running = [s["command"] for s in services.values()
                   if s.get("command", [""])[0] == "run" and "profiles" not in s]
        self.assertEqual(len(running), 2)
        self.assertEqual(running[0], running[1])
        # Another address than loopback needs a token.
        self.assertIn("--http-token-file", running[0])

    def test_one_service_builds_the_image_and_after_a_reboot_all_comes_back(self):
        services = compose()["services"]
        for profile in (None, "embedded"):
            mine = {n: s for n, s in services.items() if s.get("profiles", [None])[0] == profile}
            self.assertEqual(len([n for n, s in mine.items() if "build" in s]), 1)
            for name, service in mine.items():
                wanted = None if name == "topics" else "unless-stopped"
                self.assertEqual(service.get("restart"), wanted, name)


class DockerfileTest(unittest.TestCase):
    def test_the_image_runs_without_root_and_tells_its_health(self):
        last = {}
        for keyword, rest in dockerfile():
            last = {} if keyword == "FROM" else last
            last[keyword] = rest
        self.assertNotIn(last["USER"], ("root", "0"))
        self.assertIn("/livez", last["HEALTHCHECK"])
        self.assertEqual(json.loads(last["ENTRYPOINT"]), ["fairlead"])

    def test_what_is_copied_from_the_tree_exists(self):
        for keyword, rest in dockerfile():
            if keyword == "COPY" and not rest.startswith("--from"):
                for source in rest.split()[:-1]:
                    self.assertTrue((ROOT / source).exists(), source)


if __name__ == "__main__":
    unittest.main()

"""ACLs of a broker, over its own protocol: Debian's client can't set them."""

import socket
import struct

CREATE, DELETE = 30, 31
TOPIC, GROUP, TRANSACTIONAL_ID = 2, 3, 5
LITERAL, PREFIXED = 3, 4
OPERATIONS = {"Read": 3, "Write": 4, "Create": 5, "Describe": 8, "DescribeConfigs": 10,
              "AlterConfigs": 11}
ALLOW = 3


def text(s):
    return struct.pack(">h", len(s)) + s.encode()


def call(broker, key, body):
    host, port = broker.split(":")
    with socket.create_connection((host, int(port)), 30) as s:
        request = struct.pack(">hhi", key, 1, 1) + text("rights") + body
        s.sendall(struct.pack(">i", len(request)) + request)
        left = struct.unpack(">i", s.recv(4, socket.MSG_WAITALL))[0]
        answer = s.recv(left, socket.MSG_WAITALL)
    # correlation, throttle time, how many results, the first one's error
    return struct.unpack_from(">h", answer, 12)[0]


def entry(right, principal):
    kind, name, pattern, operation = right
    return (struct.pack(">b", kind) + text(name) + struct.pack(">b", pattern)
            + text(principal) + text("*") + struct.pack(">bb", OPERATIONS[operation], ALLOW))


def change(broker, key, principal, rights):
    for right in rights:
        code = call(broker, key, struct.pack(">i", 1) + entry(right, principal))
        if code != 0:
            raise RuntimeError(f"the broker answers {code} to {right}")


def grant(broker, principal, rights):
    change(broker, CREATE, principal, rights)


def revoke(broker, principal, rights):
    change(broker, DELETE, principal, rights)


def of_the_table(page, prefix, group):
    """The rights that a table of the page lists: | resource | operations |."""
    with open(page) as f:
        lines = f.read().splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("| resource | operations"))
    out = []
    for line in lines[at + 2:]:
        if not line.startswith("|"):
            break
        resource, operations = (c.strip() for c in line.strip("|").split("|"))
        kind = TOPIC if resource.startswith("topic") else \
            GROUP if resource.startswith("group") else TRANSACTIONAL_ID
        name = resource.split("`")[1].replace("<prefix>", prefix).replace("<group>", group)
        pattern = PREFIXED if "(prefixed)" in resource else LITERAL
        out += [(kind, name, pattern, o.strip()) for o in operations.split(",")]
    return out

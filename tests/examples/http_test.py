#!/usr/bin/python3
"""The example over HTTP, against a service in embedded mode.

usage: http_test.py PROGRAM
"""

import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLE = [str(ROOT / "config" / "sample" / f) for f in ("teams.jsonl", "agents.jsonl")]


def main():
    program = sys.argv[1]
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{s.getsockname()[1]}"
    env = {k: v for k, v in os.environ.items() if not k.startswith("FAIRLEAD_")}
    with tempfile.TemporaryDirectory() as folder:
        service = subprocess.Popen([program, "run", "--embedded", folder, "--http", url[7:]],
                                   env=env, stderr=subprocess.PIPE, text=True)
        try:
            until = time.monotonic() + 60
            while True:
                try:
                    urllib.request.urlopen(url + "/readyz", timeout=5).close()
                    break
                except (urllib.error.URLError, OSError):
                    if service.poll() is not None or time.monotonic() > until:
                        sys.exit("FAILED: the service is not ready")
                    time.sleep(0.1)
            subprocess.run([program, "publish", "--url", url, *SAMPLE], env=env, check=True)
            done = subprocess.run(
                [sys.executable, str(ROOT / "examples" / "http" / "lead.py"), url, "harbor",
                 "l-3", "Max Stone"],
                env=env, timeout=60, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        finally:
            service.terminate()
            said = service.communicate(timeout=30)[1]
    if done.returncode != 0 or done.stdout != "l-3 belongs to ana\n":
        sys.exit(f"FAILED: the example ended with {done.returncode}:\n{done.stdout}\n{said}")
    print(done.stdout, end="")


if __name__ == "__main__":
    main()

#!/usr/bin/python3
"""The Debian package: its unit, its scripts and its settings name what is in it.

usage: package_test.py BUILD_FOLDER
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, **more).stdout


def assignments(text):
    """NAME=VALUE, line by line; of a name that comes again all values."""
    got = {}
    for line in text.splitlines():
        name, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            got.setdefault(name, []).append(value)
    return got


def main():
    build = pathlib.Path(sys.argv[1])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        run("cpack", "-G", "DEB", "--config", str(build / "CPackConfig.cmake"),
            "-B", str(folder), "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=gzip")
        package, = folder.glob("fairlead_*_*.deb")
        root, control = folder / "root", folder / "control"
        run("dpkg-deb", "-x", str(package), str(root))
        run("dpkg-deb", "-e", str(package), str(control))

        depends = run("dpkg-deb", "-f", str(package), "Depends")
        for name in ("adduser", "libc6", "librdkafka1", "libsqlite3-0", "tzdata"):
            assert name in depends.replace(",", " ").split(), f"{name} is not in {depends}"
        for script in ("postinst", "prerm", "postrm"):
            assert os.access(control / script, os.X_OK), f"{script} can't be run"
            run("sh", "-n", str(control / script))

        unit = assignments((root / "usr/lib/systemd/system/fairlead.service").read_text())
        program, *arguments = unit["ExecStart"][0].split()
        assert program == "/usr/bin/fairlead" and arguments == ["run"], unit["ExecStart"]
        assert run(str(root / program[1:]), "--version").startswith("fairlead ")
        settings, = unit["EnvironmentFile"]
        assert (control / "conffiles").read_text().split() == [settings]
        user, = unit["User"]
        postinst = (control / "postinst").read_text()
        assert f"--no-create-home \\\n    --gecos \"Fairlead\" {user}\n" in postinst
        state = "/var/lib/" + unit["StateDirectory"][0]
        assert f"rm -rf {state}\n" in (control / "postrm").read_text()

        given = {k: v[-1] for k, v in assignments((root / settings[1:]).read_text()).items()}
        config = json.loads(run(str(root / program[1:]), "run", "--print-config",
                                env={"PATH": os.environ["PATH"], **given}, cwd=folder))
        assert config["embedded"].startswith(state + "/"), config["embedded"]
        assert config["http"] == "127.0.0.1:8080", config["http"]
        # Streams, connections, and what the log and the program have open.
        assert int(unit["LimitNOFILE"][0]) > 2 * config["http_streams_max"]
    print("1 package looked at")


if __name__ == "__main__":
    main()

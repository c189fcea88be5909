"""A process ends with the one that started it."""

import os
import subprocess
import sys
import time

import pytest

ORPHAN = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", '''
from src.core.parent import die_with_parent
print(die_with_parent(), flush=True)
while True:
    pass  # computes, and listens to nobody
'''], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
sys.stdin.read()
"""


def lives(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux has this signal")
def test_a_child_that_only_computes_dies_with_its_parent() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert lives(child)
        parent.kill()
    deadline = time.monotonic() + 30
    while lives(child):
        assert time.monotonic() < deadline, "the child outlived its parent"
        time.sleep(0.01)

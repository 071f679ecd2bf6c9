"""Small disks in memory (tmpfs) that are really full; only an administrator of the machine may mount one."""

from __future__ import annotations

import errno
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass
class Disk:
    """A disk of its own, of so many megabytes."""

    folder: Path

    def grow(self, megabytes: int) -> None:
        """Make room, as a keeper does."""
        subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(self.folder)], check=True)

    def files(self) -> list[Path]:
        return [path for path in self.folder.rglob("*") if path.is_file()]

    def fill(self) -> None:
        """Let something else take all that is left."""
        with (self.folder / "other").open("wb", buffering=0) as other:
            try:
                while True:
                    other.write(b"x" * 4096)
            except OSError as full:
                assert full.errno == errno.ENOSPC, full


@contextmanager
def small_disk(folder: Path, megabytes: int = 1) -> Iterator[Disk]:
    """A disk mounted at an empty folder. The test is skipped where nobody may mount one."""
    if os.geteuid() != 0:
        pytest.skip("a real full disk is a small tmpfs, and only root may mount one")
    mounting = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    mounted = subprocess.run(mounting, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"a real full disk is a small tmpfs; mounting is refused: {mounted.stderr}")
    try:
        yield Disk(folder)
    finally:
        # Lazily: a broken-off upload's file is open until the error that held it is forgotten.
        subprocess.run(["umount", "--lazy", str(folder)], check=True)

"""Where tests put what is gone after them."""

import os
import shutil
from pathlib import Path

_SHARED_MEMORY = Path("/dev/shm")
_NEEDED = 4 * 2**30


def temporary_root() -> str:
    """Memory where there is enough of it, else the disk: a test's databases need not outlive the machine's power.

    Databases still ask for every commit to be safe on the disk (D6); on a disk that wait is most of what a test costs.
    """
    if os.access(_SHARED_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_SHARED_MEMORY).free >= _NEEDED:
        return str(_SHARED_MEMORY)
    return "/tmp"

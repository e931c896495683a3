"""What is drawn by JavaScript of our own, a Python class beside each file; importing any of them offers "vigie-kit".

The kit (`kit/index.js`) is the ES module that they share: clock, SLA arithmetic, times, glyphs and badges.
"""

import hashlib
from pathlib import Path

from nicegui.dependencies import register_esm

_KIT = Path(__file__).parent / "kit"
# NiceGUI's `esm=` keys the address by the folder's time, which editing a file leaves alone; browsers keep it a year.
_DIGEST = hashlib.sha256((_KIT / "index.js").read_bytes()).hexdigest()
register_esm("vigie-kit", _KIT, max_time=int(_DIGEST[:12], 16))

"""What is drawn by JavaScript of our own, a Python class beside each file; importing any of them offers "vigie-kit".

The kit is the ES module that they share: `kit/index.js` (clock, SLA arithmetic, times, glyphs and badges),
`kit/hours.js` (opening hours) and `kit/suggestions.js` (what the composer offers while one types).
"""

import hashlib
from pathlib import Path

from nicegui.dependencies import register_esm

_KIT = Path(__file__).parent / "kit"
# NiceGUI's `esm=` keys the address by the folder's time, which editing a file leaves alone; browsers keep it a year.
_DIGEST = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(_KIT.glob("*.js")))).hexdigest()
register_esm("vigie-kit", _KIT, max_time=int(_DIGEST[:12], 16))

"""What faces outward: pages, live updates, REST API.

What NiceGUI's websockets are made of (python-engineio) comes with a client that nobody here uses, and loads two HTTP
clients for it: a tenth of each start. They are passed over, as where they are not installed.
"""

import sys
from typing import Any

_unused: dict[str, Any] = {name: None for name in ("requests", "aiohttp") if name not in sys.modules}
sys.modules.update(_unused)
import nicegui  # noqa: E402, F401

for _name in _unused:
    del sys.modules[_name]

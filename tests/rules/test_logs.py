"""What the log never says."""

import subprocess
import sys

from tests.house.tree import ROOT

PROGRAM = """
import structlog
from services import logs
logs.configure("{form}")
def sign_in(password):
    raise ValueError("a bug")
try:
    sign_in("correct horse" + " battery")
except ValueError:
    structlog.get_logger().exception("it failed")
"""


def test_a_traceback_has_no_values_of_variables() -> None:
    """L4: whatever happens to be installed beside Vigie, a bug must not write passwords to the log."""
    for form in ("text", "json"):
        program = PROGRAM.replace("{form}", form)
        done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
        assert "ValueError: a bug" in done.stderr
        assert "horse battery" not in done.stderr

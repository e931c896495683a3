"""Which actions ask before they happen, and by which dialog."""

from collections.abc import Mapping

from data.vocabulary import Action
from ui.dialogs.asking import Ask
from ui.dialogs.assign import ask_assignment
from ui.dialogs.close import ask_closing
from ui.dialogs.escalate import ask_escalation
from ui.dialogs.hold import ask_hold
from ui.dialogs.reopen import ask_reopening
from ui.dialogs.resolve import ask_resolution

ASKING: Mapping[Action, Ask] = {
    Action.ASSIGN: ask_assignment,
    Action.HOLD: ask_hold,
    Action.ESCALATE: ask_escalation,
    Action.RESOLVE: ask_resolution,
    Action.START_AND_RESOLVE: ask_resolution,
    Action.CLOSE: ask_closing,
    Action.REOPEN: ask_reopening,
}

"""« C’est une demande de service »: resolved without work, the requester reads where it belongs (S7, S8)."""

from data.vocabulary import Action
from services import service_requests
from services.inputs import BODY
from services.views import IncidentView
from ui import calls
from ui.dialogs.asking import Asked, Asking
from ui.elements import note, set_attributes
from ui.fields import text_area


async def ask_redirection(page: Asked) -> Asking:
    """The dialog, open."""
    t, incident = page.viewer.t, page.incident
    prepared = await calls.read(service_requests.prepared, page.viewer.actor, incident.reference)
    action = next(
        (each for each in (Action.RESOLVE, Action.START_AND_RESOLVE) if each in incident.allowed_actions),
        Action.RESOLVE,
    )
    asking = Asking(
        page, t("service_request.title"), confirm=t("service_request.confirm"), sign="storefront", action=action
    )
    with asking:
        note(t("service_request.help"), icon="storefront")
        message = text_area(
            t("service_request.said"),
            locale=page.viewer.locale,
            value=prepared or "",
            required=True,
            max_length=BODY,
            on_change=asking.check,
        )
    set_attributes(message.control, data_autofocus="")

    async def send(version: int | None) -> IncidentView:
        return await calls.write(
            service_requests.redirect,
            page.viewer.actor,
            page.incident.reference,
            message=message.value,
            version=version,
        )

    asking.fields = {"message": message}
    asking.valid = lambda: bool((message.value or "").strip())
    asking.send = send
    asking.said = lambda done: t("service_request.done", ref=done.reference)
    asking.open()
    return asking

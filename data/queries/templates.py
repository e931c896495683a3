"""Questions about prepared incidents and replies."""

from collections.abc import Sequence

from sqlmodel import Session, select

from data.models import Template
from data.vocabulary import TemplateKind


def template(session: Session, template_id: int) -> Template | None:
    return session.get(Template, template_id)


def every(session: Session, kind: TemplateKind | None = None) -> Sequence[Template]:
    """In no order: there are few, and no collation of both databases sorts É beside E."""
    query = select(Template)
    return session.exec(query if kind is None else query.where(Template.kind == kind)).all()

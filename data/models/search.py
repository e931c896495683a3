"""What the full-text index was made by; the index itself is no table of ours (see `data.queries.search`)."""

from sqlmodel import Field, SQLModel


class SearchState(SQLModel, table=True):
    """By which version of the rule the index stands; no row: not filled yet."""

    __tablename__ = "search_state"

    version: int = Field(primary_key=True)

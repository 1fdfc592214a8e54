"""Rows as intake loads them: with their delivery and their number."""


def rows_of(delivery: str, *rows: dict) -> list[dict]:
    """Return the rows of one delivery, save those that name their own."""
    return [
        row | {"_delivery_id": row.get("_delivery_id", delivery), "_row_number": number}
        for number, row in enumerate(rows, start=1)
    ]


def in_delivery(delivery: str, row: dict) -> dict:
    """Return a row that came with another delivery."""
    return row | {"_delivery_id": delivery}

"""The table of blocking keys: which records could have met under which rule.

Belongs here: its columns and its making. Does not belong here: what a key is made of
(``blocking_keys``), which keys were used and how far (``blocking``).

Two records of one key were compared unless the rule's budget left the key out, which
``blocking_report`` tells by the largest key each rule used.
"""

import numpy as np
import pyarrow as pa

from dagster_project.linkage.blocking import RULES
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.tables import WORDS

BLOCKING_KEYS = pa.schema(
    [("client_record_id", WORDS), ("rule", WORDS), ("key", pa.uint64())]
)


def blocking_key_table(parts: KeyParts, ids: pa.Array) -> pa.Table:
    """Return one row per record, rule and key, by rule, record and key.

    A record has no key under a rule of which it lacks a part, and several where a part
    has several values, as the words of a surname.

    Args:
        parts: the key parts of the records.
        ids: their record ids, ascending.
    """
    places, rules, keys = [], [], []
    for number, rule in enumerate(RULES):
        place, key = parts.keys(rule)
        order = np.lexsort((key, place))
        place, key = place[order].astype(np.int32), key[order]
        again = np.zeros(len(key), np.bool_)
        again[1:] = (place[1:] == place[:-1]) & (key[1:] == key[:-1])
        places.append(place[~again])
        keys.append(key[~again])
        rules.append(np.full(len(places[-1]), number, np.int32))
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(np.concatenate(codes)), values)
        for codes, values in ((places, ids), (rules, pa.array(list(RULES))))
    ]
    columns.append(pa.array(np.concatenate(keys)))
    return pa.table(columns, BLOCKING_KEYS.names).cast(BLOCKING_KEYS)

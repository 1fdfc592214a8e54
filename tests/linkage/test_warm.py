from pathlib import Path

from dagster_project.linkage import warm
from dagster_project.linkage.agglomerate import merge_components
from dagster_project.linkage.link import link
from tests.linkage.invented_town import invented_records


def test_after_compiling_nothing_is_left_to_compile():
    seconds = warm.compile_kernels()
    folder = Path(merge_components.stats.cache_path)
    assert (folder / warm.STAMP).is_file()
    assert set(seconds) >= {"block", "compare and score", "fit", "score", "cluster"}
    kernels = {path.name for path in folder.glob("*.nb?")}
    assert kernels
    link(invented_records(500, seed=3)[0])
    assert {path.name for path in folder.glob("*.nb?")} == kernels
    assert warm.discard_stale_kernels() is False

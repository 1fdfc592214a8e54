from pathlib import Path

from dagster_project.linkage import warm
from dagster_project.linkage.agglomerate import merge_components


def test_compiling_leaves_kernels_and_a_stamp_and_does_it_once():
    seconds = warm.compile_kernels(60)
    folder = Path(merge_components.stats.cache_path)
    assert list(folder.glob("*.nbi")) and (folder / warm.STAMP).is_file()
    assert set(seconds) >= {"block", "compare", "fit", "score", "cluster"}
    assert warm.discard_stale_kernels() is False

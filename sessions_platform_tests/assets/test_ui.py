"""The Dagster UI as a browser shows it: plots are images that are drawn, names of sessions do nothing.

Slow, as webserver and browser start; that a plot is an image a browser can read is tested in `test_plots`.
"""

import shutil
from pathlib import Path

import dagster as dg
import pytest

from sessions_platform.assets.tables import MARTS
from sessions_platform.runner import packaged_file
from sessions_platform_tests.assets.test_materializations import D1, World, write_hostile_day
from sessions_platform_tests.assets.test_plots import HOSTILE
from sessions_platform_tests.end_to_end.browser import chromium
from sessions_platform_tests.end_to_end.daemon import Deployment
from sessions_platform_tests.pages.pictures import Seen, browser

IMAGES = "[...document.querySelectorAll('img')].map(image => [image.src.slice(0, 19), image.naturalWidth > 300])"


@pytest.mark.timeout(400)
@pytest.mark.skipif(chromium() is None, reason="there is no `chromium` to look with (apt-get install chromium)")
@pytest.mark.slow
def test_a_browser_draws_every_plot_and_shows_hostile_names_as_text(tmp_path: Path) -> None:
    world, seen = World(tmp_path), Seen()
    write_hostile_day(world.store, [name for name in HOSTILE if name and "\ud800" not in name])
    world.settings.dagster_folder.mkdir(parents=True)
    shutil.copyfile(packaged_file("dagster.yaml"), world.settings.dagster_folder / "dagster.yaml")
    instance = dg.DagsterInstance.from_config(str(world.settings.dagster_folder))
    world.materialize(D1, *MARTS, instance=instance)
    variables = {"SESSIONS_HOME": str(tmp_path), "SESSIONS_START_DATE": "2026-10-01"}
    with Deployment(variables) as platform, browser() as opened:
        page = opened.new_page()
        seen.watch(page)
        for mart in MARTS:
            page.goto(f"{platform.url}/assets/{mart}?view=partitions&partition={D1}")
            shown = page.get_by_text("[Show Markdown]")
            shown.wait_for(timeout=60_000)
            if mart != "daily_metrics":
                assert "<script>" in page.get_by_role("table").last.inner_text()
            shown.click()
            page.wait_for_function(f"{IMAGES}.length > 0")
            assert page.evaluate(IMAGES) == [["data:image/svg+xml;", True]]
            assert page.title() != "taken"
    # The UI gives up its socket when it is left for another page, and says so.
    assert [error for error in seen.errors if "WebSocket" not in error] == []
    assert seen.elsewhere == []

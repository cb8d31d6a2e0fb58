"""Pictures of assets in the Dagster UI, for docs.

    python -m sessions_platform_tests.assets.pictures http://127.0.0.1:3000 2026-11-15 docs/dagster

takes them from a running UI in which that date was materialized; those in docs are of generated sessions.
"""

import sys
from pathlib import Path
from typing import Any

from sessions_platform_tests.pages.pictures import browser, shrink

_SIZE = {"width": 1280, "height": 860}


def description(page: Any, url: str) -> None:
    """An asset's description and columns."""
    page.goto(f"{url}/assets/tool_success_rates")
    page.get_by_text("Distinct sessions; distinct counts do not add up over days.").wait_for()


def plot(page: Any, url: str, day: str) -> None:
    """A materialization's plot, over its table."""
    page.goto(f"{url}/assets/interaction_matrix?view=partitions&partition={day}")
    page.get_by_text("[Show Markdown]").click()
    page.wait_for_function("document.querySelector('img')?.naturalWidth > 0")


def over_dates(page: Any, url: str) -> None:
    """What Dagster draws of a number that every partition has."""
    page.goto(f"{url}/assets/daily_metrics")
    page.get_by_text("Plots", exact=True).click()
    page.locator("canvas").first.wait_for()
    page.get_by_text("success_rate", exact=True).last.scroll_into_view_if_needed()


def main() -> None:
    url, day, folder = sys.argv[1].rstrip("/"), sys.argv[2], Path(sys.argv[3])
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as opened:
        page = opened.new_page(viewport=_SIZE)
        for name, look in {
            "asset-description": lambda: description(page, url),
            "materialization-plot": lambda: plot(page, url, day),
            "metadata-over-dates": lambda: over_dates(page, url),
        }.items():
            look()
            page.wait_for_timeout(1500)  # dialogs and lines move into place
            page.screenshot(path=folder / f"{name}.png")
            shrink(folder / f"{name}.png")


if __name__ == "__main__":
    main()

"""The pages: what the published file says, for people in a browser. Jinja2 on the server, Vega-Lite for charts.

    app.include_router(router(analytics, settings))

Pages read through `SessionAnalytics` and `SessionSearch` alone and write nothing. Their SQL stands in
`sql/queries/page_*.sql`; statistics come from `statistics`. Nothing is loaded from another host, and the markup has
neither script nor style.
"""

from sessions_platform.pages.routing import error_page, router

__all__ = ["error_page", "router"]

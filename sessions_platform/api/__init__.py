"""The REST API of CONTRACT section 7: read-only, over the published file, and the pages beside it.

    from sessions_platform.api.app import create_app
    app = create_app(load_settings())

`routes` ask `SessionAnalytics` and `SessionSearch`; `desk` answers: one version of the file an answer, bounded work,
ETags; `models` describe answers; `security` says who may ask, and what browsers may do; `errors` are sentences.
No SQL and no statistics belong here, and nothing here writes.
"""

"""What is measured, against which peer and which limit, with one command: `python -m benchmarks`.

    corpus    the generated day, written to a file that a server process answers from
    stages    one stage of the pipeline, run in a process of its own so that its CPU time and memory are its own
    peers     the same work done plainly, and the least work there is (one JSON decode, one compression)
    running   starts the processes and collects what they measured
    tables    what was measured, as text
    publish   a year of days published (`--publish`); a program of its own, too
    processes whole processes from outside: wall, CPU, peak memory; the sample server
    orchestration  a backfill of small days through `run`, and the same steps without Dagster (`--orchestration`)
    retrieval how well sessions are found (questions, subjects of sessions, bm25 beside it; `--retrieval`)
    dlt_peer  one day through dlt (dlt_pipeline, in an environment of its own) and through `run` (`--dlt`)

Nothing here is imported by the platform.
"""

"""The weekly analysis: from the sessions of a week to findings that a program has verified, and the report on them.

`week` runs the steps; `checks` is the constraint log, `discover` and what it calls find groups that are more than
chance, `verification` trusts none of it, `books` and `weeks` keep findings over the weeks, `reporting` writes.
`drivers` are who reads sessions; the only one is `rules`, which needs no model. What assets do with it is in
`assets.weekly`.
"""

"""The weekly report: one JSON document, and the Markdown, the page and the digest that are made of it alone.

`document` gathers; `sections` says what stands where, as blocks of plain text; `markdown` and `page` write blocks;
`charts` draws. Text that came from sessions is data in all of them: the writers escape, nobody else does.
"""

"""The six analyses, each a small file over shared machinery: which labels and segments it speaks of.

`proposed` gives the drafts of labels that an analysis tests beside the groups of every check of its kind, `SEGMENTS`
says whether differences between segments are its matter. How drafts are tested and told is in `groups`, `contrasts`,
`choice`.
"""

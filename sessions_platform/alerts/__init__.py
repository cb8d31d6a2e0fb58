"""Alerts: rules over the published figures, when they fire and resolve, and telling a webhook of it.

`rules` reads alerts.yaml; `windows` asks the published file for a rule's figures; `states` decides, purely, whether a
rule fires or resolves; `words` says it; `webhook` posts it; `watch` puts these together and records events. Dagster's
sensor and job are in `automation` and `assets.alerts`.
"""

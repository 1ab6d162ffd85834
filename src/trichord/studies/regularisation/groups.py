"""The tables of the groups of settings, by the groups' names."""

from __future__ import annotations

from trichord.studies.regularisation.tables import heard_table, read_table

steps = read_table("steps")
steps_heard = heard_table("steps")
weights = read_table("weights")
weights_heard = heard_table("weights")
pooling = read_table("pooling")
pooling_heard = heard_table("pooling")
targets = read_table("targets")
targets_heard = heard_table("targets")
centring = read_table("centring")
centring_heard = heard_table("centring")
ratios = read_table("ratios")
ratios_heard = heard_table("ratios")
batches = read_table("batches")
batches_heard = heard_table("batches")

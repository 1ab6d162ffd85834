"""The tables of the groups of settings, by the groups' names."""

from __future__ import annotations

from trichord.studies.regularisation.tables import table_of

steps = table_of("steps")
weights = table_of("weights")
pooling = table_of("pooling")
targets = table_of("targets")
centring = table_of("centring")
ratios = table_of("ratios")
batches = table_of("batches")

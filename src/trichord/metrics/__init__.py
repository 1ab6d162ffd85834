"""Pure functions of arrays that say how good something is; docs/metrics.md has every formula."""

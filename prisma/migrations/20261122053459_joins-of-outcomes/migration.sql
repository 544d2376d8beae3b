-- The planner takes fifty runs of a statement for one, and would gather what was said of all of them once for each.
ALTER FUNCTION rollup_outcome_run_insert() SET enable_nestloop = off;
ALTER FUNCTION rollup_outcome_run_update() SET enable_nestloop = off;
ALTER FUNCTION rollup_outcome_run_delete() SET enable_nestloop = off;
ALTER FUNCTION rollup_outcome_signal_insert() SET enable_nestloop = off;
ALTER FUNCTION rollup_outcome_signal_update() SET enable_nestloop = off;

-- The slowest steps of a window are read in the index alone, not in the rows of incidents.
CREATE INDEX incident_steps ON incident (workspace_id, opened_at) INCLUDE (breached_at, paused_at, paged_at, acknowledged_at)
  WHERE workspace_id IS NOT NULL;

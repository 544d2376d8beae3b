-- Makes the days of a workspace anew, as they begin where it now is: half the work of all rollups, since UTC hours stay where they
-- are. Nobody may write runs meanwhile.
CREATE FUNCTION rollup_move_days(workspace uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  LOCK TABLE run IN SHARE ROW EXCLUSIVE MODE;
  PERFORM pg_advisory_xact_lock(7305842190);
  PERFORM rollup_fold_hour(array_agg(id)) FROM rollup_change WHERE workspace_id = workspace;
  DELETE FROM rollup_change WHERE workspace_id = workspace;
  DELETE FROM rollup_duration_change WHERE workspace_id = workspace;
  DELETE FROM rollup_day WHERE workspace_id = workspace;
  DELETE FROM rollup_duration WHERE workspace_id = workspace;
  PERFORM rollup_fill_day(workspace);
  INSERT INTO rollup_duration (workspace_id, agent_id, version_id, day, bin, runs)
  SELECT workspace_id, agent_id, version_id, day, bin, count(*) FROM run_measure
   WHERE runs = 1 AND workspace_id = workspace GROUP BY 1, 2, 3, 4, 5;
END $$;

-- What the list of runs can be filtered by, in one figure (lib/services/runs/run-marks.ts reads it), that every index of the list
-- has: which runs fit is found in the index alone, ten times as many for the same time.

DROP INDEX "run_workspace_id_started_at_id_idx", "run_workspace_id_agent_id_started_at_id_idx",
  "run_workspace_id_contract_version_id_started_at_id_idx", "run_workspace_id_risk_id_idx", "run_workspace_id_cost_usd_id_idx",
  run_score, run_duration, run_band, run_lane, run_status, run_breached, run_incident, run_asked_only, run_unpriced,
  run_unknown_tools;

-- From the right: 2 bits band, 2 lane, 3 status, 1 each recorded, breached, incident, scored, unknown tools, unpriced; the last 12 of
-- the agent's id, the last 12 of the contract version's, and the day it started (UTC).
ALTER TABLE "run" ADD COLUMN "marks" BIGINT GENERATED ALWAYS AS (
    CASE band WHEN 'low' THEN 0 WHEN 'medium' THEN 1 WHEN 'high' THEN 2 ELSE 3 END
    | CASE lane WHEN 'allow' THEN 0 WHEN 'degrade' THEN 4 WHEN 'escalate' THEN 8 ELSE 12 END
    | CASE status WHEN 'running' THEN 0 WHEN 'paused' THEN 16 WHEN 'stopping' THEN 32 WHEN 'stopped' THEN 48 ELSE 64 END
    | CASE WHEN span_count > 0 THEN 128 ELSE 0 END | CASE WHEN breach_count > 0 THEN 256 ELSE 0 END
    | CASE WHEN in_incident THEN 512 ELSE 0 END | CASE WHEN score IS NOT NULL THEN 1024 ELSE 0 END
    | CASE WHEN unknown_tools <> '{}' THEN 2048 ELSE 0 END | CASE WHEN unpriced_calls > 0 THEN 4096 ELSE 0 END
    | (((get_byte(uuid_send(agent_id), 14) & 15) * 256 + get_byte(uuid_send(agent_id), 15))::bigint << 13)
    | (coalesce((get_byte(uuid_send(contract_version_id), 14) & 15) * 256 + get_byte(uuid_send(contract_version_id), 15), 0)::bigint << 25)
    | (greatest(0, least(65535, extract(day FROM started_at - '1970-01-01 00:00:00+00'::timestamptz)))::bigint << 37)) STORED,
  ADD COLUMN "duration_us" BIGINT GENERATED ALWAYS AS (
    (extract(epoch FROM ended_at - started_at) * 1000000)::bigint - paused_ms * 1000) STORED;

-- Of all runs, though Prisma, which cannot tell included columns from others, must take them for partial ones.
CREATE INDEX run_started ON run (workspace_id, started_at DESC, id DESC) INCLUDE (marks) WHERE workspace_id IS NOT NULL;
-- With the score, by which the runs of an agent that need eyes are told.
CREATE INDEX run_of_agent ON run (workspace_id, agent_id, started_at DESC, id DESC) INCLUDE (marks, score)
  WHERE workspace_id IS NOT NULL;
CREATE INDEX run_of_version ON run (workspace_id, contract_version_id, started_at DESC, id DESC) INCLUDE (marks)
  WHERE workspace_id IS NOT NULL;
CREATE INDEX run_risk ON run (workspace_id, risk DESC, id DESC) INCLUDE (marks) WHERE workspace_id IS NOT NULL;
CREATE INDEX run_cost ON run (workspace_id, cost_usd DESC, id DESC) INCLUDE (marks) WHERE workspace_id IS NOT NULL;
CREATE INDEX run_duration ON run (workspace_id, duration_us DESC, id DESC) INCLUDE (marks) WHERE workspace_id IS NOT NULL;
-- With the score itself, as an index on an expression is not read alone without what it is made of.
CREATE INDEX run_score ON run (workspace_id, (coalesce(score, -1)) DESC, id DESC) INCLUDE (marks, score);

CREATE INDEX run_band ON run (workspace_id, band, started_at DESC, id DESC) INCLUDE (marks) WHERE span_count > 0 AND band <> 'low';
CREATE INDEX run_lane ON run (workspace_id, lane, started_at DESC, id DESC) INCLUDE (marks) WHERE lane <> 'allow';
CREATE INDEX run_status ON run (workspace_id, status, started_at DESC, id DESC) INCLUDE (marks) WHERE status <> 'finished';
CREATE INDEX run_breached ON run (workspace_id, started_at DESC, id DESC) INCLUDE (marks) WHERE breach_count > 0;
CREATE INDEX run_incident ON run (workspace_id, started_at DESC, id DESC) INCLUDE (marks) WHERE in_incident;
CREATE INDEX run_asked_only ON run (workspace_id, started_at DESC, id DESC) INCLUDE (marks) WHERE span_count = 0;
CREATE INDEX run_unpriced ON run (workspace_id, started_at DESC, id DESC) INCLUDE (marks) WHERE unpriced_calls > 0;
CREATE INDEX run_unknown_tools ON run (workspace_id, started_at DESC, id DESC) INCLUDE (marks) WHERE unknown_tools <> '{}';

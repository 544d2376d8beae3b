import type { PoolClient } from 'pg';
import { z } from 'zod';
import { config } from '@/lib/config';
import { agentScore } from '@/lib/services/agents/agent-score';
import {
  type IncidentEvent,
  incidentEventSchema,
  type RunEvent,
  runEventSchema,
  type WarningEvent,
  warningEventSchema,
} from '@/lib/services/webhooks/events';

/** The columns both events need; `r` is the run, `a` its agent, `v` its contract version. */
const FACTS = `
  r.workspace_id, r.agent_id, a.name AS agent_name, a.display_name, r.id AS run_id, r.key, r.status, r.score AS run_score, r.risk,
  CASE WHEN r.span_count > 0 THEN r.band END AS band, r.cost_usd, v.number AS version, v.digest`;

const factsSchema = z.object({
  workspace_id: z.string(),
  agent_id: z.string(),
  agent_name: z.string(),
  display_name: z.string(),
  run_id: z.string(),
  key: z.string(),
  status: z.string(),
  run_score: z.number().nullable(),
  risk: z.number(),
  band: z.string().nullable(),
  cost_usd: z.number(),
  version: z.int().nullable(),
  digest: z.string().nullable(),
});
const incidentRowSchema = factsSchema.extend({
  number: z.int(),
  title: z.string(),
  severity: z.string(),
  state: z.string(),
  clause: z.string(),
  operator_name: z.string().nullable(),
  operator_email: z.string().nullable(),
});

/**
 * What receivers are told about an incident, read inside the caller's transaction: run, agent and incident rows must
 * already be as they should be told. Titles and names are short by schema, so the payload stays far below 20 kB.
 */
export async function incidentEvent(
  client: Pick<PoolClient, 'query'>,
  incidentId: string,
  action: { by: string; reason?: string } | null,
): Promise<IncidentEvent> {
  const result = await client.query(
    `SELECT ${FACTS}, i.number, i.title, i.severity, i.state, i.clause, p.name AS operator_name, p.email AS operator_email
     FROM incident i JOIN run r ON r.id = i.run_id JOIN agent a ON a.id = r.agent_id
       LEFT JOIN contract_version v ON v.id = r.contract_version_id LEFT JOIN person p ON p.id = i.operator_id
     WHERE i.id = $1`,
    [incidentId],
  );
  const row = incidentRowSchema.parse(result.rows[0]);
  return incidentEventSchema.parse({
    incident: {
      number: row.number,
      title: row.title,
      severity: row.severity,
      state: row.state,
      url: `${config().dashboardUrl}/incidents/${row.number}`,
    },
    ...(await told(client, row)),
    clause: row.clause,
    operator:
      row.operator_name === null || row.operator_email === null
        ? null
        : { name: row.operator_name, email: row.operator_email },
    by: action?.by ?? null,
    reason: action?.reason ?? null,
  });
}

/** What receivers are told about a run that was paused, stopped or resumed. Same reading rule as `incidentEvent`. */
export async function runEvent(
  client: Pick<PoolClient, 'query'>,
  runId: string,
  action: { by: string; reason?: string } | null,
): Promise<RunEvent> {
  const result = await client.query(
    `SELECT ${FACTS} FROM run r JOIN agent a ON a.id = r.agent_id
       LEFT JOIN contract_version v ON v.id = r.contract_version_id WHERE r.id = $1`,
    [runId],
  );
  return runEventSchema.parse({
    ...(await told(client, factsSchema.parse(result.rows[0]))),
    by: action?.by ?? null,
    reason: action?.reason ?? null,
  });
}

/** What receivers are told of a breach that is only warned of. Same reading rule as `incidentEvent`. */
export async function warningEvent(
  client: Pick<PoolClient, 'query'>,
  runId: string,
  breach: Pick<WarningEvent, 'clause' | 'severity' | 'message'>,
): Promise<WarningEvent> {
  const { clause, severity, message } = breach;
  return warningEventSchema.parse({ ...(await runEvent(client, runId, null)), clause, severity, message });
}

async function told(client: Pick<PoolClient, 'query'>, row: z.output<typeof factsSchema>) {
  const { score } = await agentScore(client, row.workspace_id, row.agent_id, new Date());
  return {
    agent: { name: row.agent_name, displayName: row.display_name, score },
    run: {
      key: row.key,
      status: row.status,
      score: row.run_score,
      risk: row.risk,
      band: row.band,
      costUsd: row.cost_usd,
      url: `${config().dashboardUrl}/runs/${row.run_id}`,
    },
    contract:
      row.version === null || row.digest === null ? null : { version: row.version, digest: row.digest },
  };
}

import type { PoolClient } from 'pg';
import { ZodError } from 'zod';
import type { DiffNote, PageMessage } from '@/lib/response/page-message';
import { incidentEvent } from '@/lib/services/outbox/incident-event';
import type { IncidentEvent } from '@/lib/services/webhooks/events';
import { diffNote } from './diff-note';

/** What is told of an incident before it is known to whom. */
interface Told {
  message: Omit<PageMessage, 'to' | 'because'>;
  /** The same for receivers of webhooks, without the page. */
  event: IncidentEvent;
}

/** Read inside the caller's transaction: run, agent and incident rows must already be as they should be told. */
export async function toldOf(client: Pick<PoolClient, 'query'>, incidentId: string): Promise<Told> {
  const event = await incidentEvent(client, incidentId, null);
  const { rows } = await client.query<{
    agent_id: string;
    id: string;
    number: number;
    name: string;
    own: boolean;
  }>({
    name: 'page-version',
    text: `SELECT i.agent_id, v.id, v.number, v.document->'versioning'->>'contract' AS name, v.agent_id IS NOT NULL AS own
     FROM incident i JOIN run r ON r.id = i.run_id JOIN contract_version v ON v.id = r.contract_version_id WHERE i.id = $1`,
    values: [incidentId],
  });
  const version = rows[0];
  const diff = version?.own ? await changes(client, version.agent_id, version) : null;
  const { incident, agent, run, clause, contract } = event;
  return {
    event: {
      ...event,
      diff:
        diff === null ? null : { from: diff.from, to: diff.to, changes: [...diff.lines], more: diff.more },
    },
    message: {
      incident: {
        id: incidentId,
        number: incident.number,
        title: incident.title,
        severity: incident.severity,
        url: incident.url,
      },
      agent,
      run,
      clause,
      contract: contract === null ? null : { ...contract, name: version?.name ?? null },
      diff,
    },
  };
}

/** A contract that cannot be read any more refuses no breach: the page goes without what changed. */
async function changes(...version: Parameters<typeof diffNote>): Promise<DiffNote | null> {
  try {
    return await diffNote(...version);
  } catch (error) {
    if (error instanceof ZodError) return null;
    throw error;
  }
}

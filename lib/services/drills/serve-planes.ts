import { z } from 'zod';
import { listen } from '@/lib/db/listen';
import { db } from '@/lib/db/pool';
import { contractInForce } from '@/lib/services/contracts/contract-in-force';
import { onSwitchMoved, readSwitches, type SwitchOn } from '@/lib/services/kill-switches/switches-on';
import { drillDetailSchema } from './drill-row';
import { report } from './planes';
import { probeAgent } from './probe-agent';

/** How long a plane waits for a version to come into force here, and how often it looks. */
const WAIT_MS = 3000;
const LOOK_MS = 5;

/**
 * What a runtime plane says for itself: of every kill switch, when it has it in its memory and what it then answers; of every
 * drill, what it was asked. Until the returned function is called.
 */
export function reportAsPlane(failed: (error: unknown) => void): () => void {
  const answerDrill = (id: string) => {
    if (id !== '') reportDrill(id).catch(failed);
  };
  const unwatch = onSwitchMoved(({ on, off }) => {
    for (const one of on) reportSwitch(one, 'on').catch(failed);
    for (const one of off) reportSwitch(one, 'off').catch(failed);
  });
  const unlisten = listen({
    change: ({ topic, id }) => {
      if (topic === 'drill') answerDrill(id);
    },
    reset: () => {},
  });
  readSwitches().catch(failed);
  return () => {
    unwatch();
    unlisten();
  };
}

async function reportSwitch(one: SwitchOn, step: 'on' | 'off'): Promise<void> {
  await report(one.id, step, one.scope === 'agent' ? await probeAgent(one.workspaceId, one.target) : {});
}

const rowSchema = z.object({
  workspace_id: z.string(),
  agent_id: z.string(),
  detail: drillDetailSchema,
});

async function reportDrill(id: string): Promise<void> {
  const { rows } = await db().query(
    `SELECT workspace_id, agent_id, detail FROM drill WHERE id = $1 AND state = 'running'`,
    [id],
  );
  if (rows[0] === undefined) return;
  const { workspace_id: workspaceId, agent_id: agentId, detail } = rowSchema.parse(rows[0]);
  if (detail.expect === undefined) return;
  const { step, versionId } = detail.expect;
  const until = Date.now() + WAIT_MS;
  while (versionId !== null) {
    const inForce = await contractInForce(workspaceId, agentId);
    if (inForce?.versionId === versionId) break;
    // Silence says that it never came.
    if (Date.now() > until) return;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  await report(id, step, await probeAgent(workspaceId, agentId));
}

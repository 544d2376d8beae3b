/**
 * Fills the demo workspace the way its people and agents would: contracts are imported by those who may, runs come in
 * over the runtime plane with an API key. Runs are planned from the workspace's creation, so that seeding again after an
 * interruption sends the same spans, which are stored once.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Actor } from '@/lib/auth/actor';
import { importContract } from '@/lib/services/contracts/import-contract';
import { createKey } from '@/lib/services/keys/create-key';
import { revokeKey } from '@/lib/services/keys/revoke-key';
import { createDemoWorkspace, type DemoWorkspace } from '@/lib/services/workspaces/create-demo-workspace';
import { isDemoFilled, markDemoFilled } from '@/lib/services/workspaces/demo-filled';
import { planDemo } from './plan';
import { sendRuns } from './send';

const CONTRACTS = path.join(import.meta.dirname, 'contracts');

/** Who imports which contract: its sponsor. */
const OTHERS = [
  { file: 'refund-decisioning.yaml', by: 'jonas.adeyemi@meridian.example' },
  { file: 'settlement-information.yaml', by: 'miriam.osei@meridian.example' },
  { file: 'invoice-reconciliation.yaml', by: 'petra.haas@meridian.example' },
] as const;

export interface SeedOptions {
  /** The runtime plane's address. */
  endpoint: string;
  /** Told what is going on, in a few words. */
  progress: (what: string) => void;
}

/** Does nothing when the demo is filled already. Throws `forbidden` where the demo is off. */
export async function seedDemo({ endpoint, progress }: SeedOptions): Promise<void> {
  const demo = await createDemoWorkspace();
  if (await isDemoFilled(demo.workspaceId)) return;
  const end = Date.parse(demo.createdAt);
  const plan = planDemo(end);
  const admin = personIn(demo, 'helena.marsh@meridian.example');

  for (const { file, by } of OTHERS) await bring(demo, file, by, end);
  await bring(demo, 'claims-processor-1.2.yaml', 'miriam.osei@meridian.example', end);

  const key = await createKey(admin, { name: 'Demo agents', scopes: ['ingest'], agentId: null });
  const door = { endpoint, key: key.secret };
  const total = plan.before.length + plan.after.length + 1;
  await sendRuns(door, plan.before, (count) => progress(`${count} of ${total} runs`));
  await bring(demo, 'claims-processor-1.3.yaml', 'miriam.osei@meridian.example', end);
  await sendRuns(door, [...plan.after, plan.breach], (count) =>
    progress(`${plan.before.length + count} of ${total} runs`),
  );
  await revokeKey(admin, { id: key.id, reason: 'The demo is filled.' });
  await markDemoFilled(demo.workspaceId);
}

async function bring(demo: DemoWorkspace, file: string, email: string, end: number): Promise<void> {
  const template = await readFile(path.join(CONTRACTS, file), 'utf8');
  const source = template.replace(/\$\{(\d+) days ago\}/g, (_, days: string) =>
    new Date(end - Number(days) * 86_400_000).toISOString().slice(0, 10),
  );
  await importContract(personIn(demo, email), { source, format: 'yaml', putInForce: true });
}

function personIn(demo: DemoWorkspace, email: string): Actor {
  const person = demo.people.find((candidate) => candidate.email === email);
  if (person === undefined) throw new Error(`${email} is not in the demo workspace.`);
  return {
    kind: 'person',
    workspaceId: demo.workspaceId,
    personId: person.personId,
    name: person.name,
    roles: person.roles,
  };
}

/**
 * Fills the demo workspace the way its people and agents would: contracts are imported by those who may, runs come in
 * over the runtime plane with an API key. Runs are planned from the workspace's creation, so that seeding again after an
 * interruption sends the same spans, which are stored once.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Actor } from '@/lib/auth/actor';
import { importContract } from '@/lib/services/contracts/import-contract';
import { adoptAgent } from '@/lib/services/gates/adopt-agent';
import { createKey } from '@/lib/services/keys/create-key';
import { listKeys } from '@/lib/services/keys/list-keys';
import { revokeKey } from '@/lib/services/keys/revoke-key';
import { createDemoWorkspace, type DemoWorkspace } from '@/lib/services/workspaces/create-demo-workspace';
import { demoHas, markDemo } from '@/lib/services/workspaces/demo-marks';
import { CLAIMS, INVOICES, SETTLEMENT } from './cases';
import { claimsAgent } from './claims-agent';
import { type Cast, type Passage, walkThroughGates } from './gates';
import { scheduleMotorClaims } from './on-call';
import { planDemo } from './plan';
import { reviewRuns } from './reviews';
import { sendRuns } from './send';
import { demoSignals, sendSignals } from './signals';

const KEY_NAME = 'Demo agents';
const CONTRACTS = path.join(import.meta.dirname, 'contracts');

/** Who imports which contract: its sponsor. */
const OTHERS = [
  { file: 'refund-decisioning.yaml', by: 'jonas.adeyemi@meridian.example' },
  { file: 'settlement-information.yaml', by: 'miriam.osei@meridian.example' },
  { file: 'invoice-reconciliation.yaml', by: 'petra.haas@meridian.example' },
] as const;
/** At work before the company kept gates: nobody signed for it, and its pages say so. */
const TAKEN_OVER = 'refund-decisioning';

export interface DemoOptions {
  /** The runtime plane's address. */
  endpoint: string;
  /** Told what is going on, in a few words. */
  progress: (what: string) => void;
  /** Told once contracts and runs are there. */
  filled: () => void;
}

/**
 * Fills what is not filled yet, tells `filled`, then plays the agent of the run that paged until a person has decided on
 * it. Throws `forbidden` where the demo is off.
 */
export async function playDemo({ endpoint, progress, filled }: DemoOptions): Promise<void> {
  const demo = await createDemoWorkspace();
  const { workspaceId } = demo;
  if (await demoHas(workspaceId, 'ended')) return filled();
  const end = Date.parse(demo.createdAt);
  const plan = planDemo(end);
  const admin = personIn(demo, 'helena.marsh@meridian.example');
  const key = await demoKey(admin);
  const door = { endpoint, key: key.secret };
  const agent = claimsAgent(door, plan.breach);

  if (!(await demoHas(workspaceId, 'filled'))) {
    for (const { file, by } of OTHERS) await bring(demo, file, by, end);
    await adoptAgent(
      { kind: 'system', workspaceId },
      {
        agent: TAKEN_OVER,
        stage: 'production',
        reason: 'It was at work before the company kept gates.',
      },
    );
    await bring(demo, 'claims-processor-1.2.yaml', 'miriam.osei@meridian.example', end);
    const total = plan.before.length + plan.after.length + 1;
    await sendRuns(door, plan.before, (count) => progress(`${count} of ${total} runs`));
    await bring(demo, 'claims-processor-1.3.yaml', 'miriam.osei@meridian.example', end);
    await sendRuns(door, plan.after, (count) => progress(`${plan.before.length + count} of ${total} runs`));
    progress('expert review');
    await reviewRuns([
      personIn(demo, 'ines.falk@meridian.example'),
      personIn(demo, 'bruno.keller@meridian.example'),
    ]);
    progress('outcomes and feedback');
    await sendSignals(door, demoSignals([...plan.before, ...plan.after], end));
    for (const passage of passages(demo)) {
      progress(`gates of ${passage.agent}`);
      await walkThroughGates(passage);
    }
    await scheduleMotorClaims(
      personIn(demo, 'dana.whitfield@meridian.example'),
      personIn(demo, 'idris.kane@meridian.example'),
      end,
    );
    await agent.workUntilPaused();
    await markDemo(workspaceId, 'filled');
  }
  filled();
  await agent.followDecision();
  await revokeKey(admin, { id: key.id, reason: 'The demo run has ended.' });
  await markDemo(workspaceId, 'ended');
}

/** A key for this process; one that an earlier, interrupted one left is revoked. */
async function demoKey(admin: Actor): Promise<{ id: string; secret: string }> {
  const { keys } = await listKeys(admin);
  for (const { id, name, revokedAt } of keys)
    if (name === KEY_NAME && revokedAt === null)
      await revokeKey(admin, { id, reason: 'Replaced at the start of the demo.' });
  return createKey(admin, { name: KEY_NAME, scopes: ['ingest', 'decide'], agentId: null });
}

async function bring(demo: DemoWorkspace, file: string, email: string, end: number): Promise<void> {
  const template = await readFile(path.join(CONTRACTS, file), 'utf8');
  const source = template.replace(/\$\{(\d+) days ago\}/g, (_, days: string) =>
    new Date(end - Number(days) * 86_400_000).toISOString().slice(0, 10),
  );
  await importContract(personIn(demo, email), { source, format: 'yaml', putInForce: true });
}

/** Where each agent stands when the demo begins: one at every part of the way. */
function passages(demo: DemoWorkspace): Passage[] {
  const cast = (sponsor: string): Cast => ({
    'head-of-ai': personIn(demo, 'helena.marsh@meridian.example'),
    sponsor: personIn(demo, sponsor),
    engineer: personIn(demo, 'tomas.brandt@meridian.example'),
    qa: personIn(demo, 'adaeze.nwosu@meridian.example'),
    grc: personIn(demo, 'rasmus.lindqvist@meridian.example'),
    operator: personIn(demo, 'dana.whitfield@meridian.example'),
    sre: personIn(demo, 'idris.kane@meridian.example'),
  });
  return [
    {
      agent: 'claims-processor',
      version: 2,
      cast: cast('miriam.osei@meridian.example'),
      signed: ['G1', 'G2', 'G3', 'G4', 'G5'],
      stated: CLAIMS,
    },
    {
      agent: 'invoice-reconciliation',
      version: 1,
      cast: cast('petra.haas@meridian.example'),
      signed: ['G1', 'G2', 'G3', 'G4'],
      open: {
        gate: 'G5',
        message: 'Paging is drilled with the operator before anybody signs.',
        evidence: false,
      },
      stated: INVOICES,
    },
    {
      agent: 'settlement-information',
      version: 1,
      cast: cast('miriam.osei@meridian.example'),
      signed: ['G1', 'G2'],
      open: { gate: 'G3', message: 'Half of the advice questions still get an answer.', evidence: true },
      stated: SETTLEMENT,
    },
  ];
}

function personIn(demo: DemoWorkspace, email: string): Extract<Actor, { kind: 'person' }> {
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

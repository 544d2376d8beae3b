import type { Actor } from '@/lib/auth/actor';
import type { ContractInput } from '@/lib/contract/schema';
import { db } from '@/lib/db/pool';
import { drawReviews } from '@/lib/services/expert-reviews/draw-reviews';
import { aContract } from './a-contract';
import { type GivenAgent, type GivenWorkspace, givenAgent, givenPerson, givenWorkspace } from './given';
import { type GivenRun, givenRun } from './given-run';

type Person = Extract<Actor, { kind: 'person' }>;

/** The data team's bar: subject experts rate accuracy at 90% or more. */
export const ACCURACY = {
  id: 'accuracy',
  statement: 'Its pipelines do what was asked for.',
  signal: 'sme',
  comparison: '>=',
  target: 90,
  unit: '%',
  windowDays: 30,
  leastSamples: 3,
  freshnessDays: 14,
} as const;

/** A contract whose runs are drawn for review. */
export function reviewedContract(
  review: NonNullable<NonNullable<ContractInput['quality']>['review']> = { share: 1 },
) {
  return aContract({ quality: { criteria: [ACCURACY], review } });
}

/** A workspace with an agent all of whose runs are drawn, and two subject experts. */
export async function givenReviewers(): Promise<{
  workspace: GivenWorkspace;
  agent: GivenAgent;
  ines: Person;
  bruno: Person;
}> {
  const workspace = await givenWorkspace();
  const agent = await givenAgent(workspace, reviewedContract());
  const ines = await givenPerson(workspace, ['sme'], { name: 'Ines' });
  const bruno = await givenPerson(workspace, ['sme'], { name: 'Bruno' });
  return { workspace, agent, ines, bruno };
}

/** An agent by another name, reviewed by these terms. */
export function givenReviewedAgent(
  workspace: GivenWorkspace,
  name: string,
  contract: ContractInput,
): Promise<GivenAgent> {
  return givenAgent(workspace, { ...contract, identity: { ...contract.identity, agent: name } });
}

/** A look at all that has been begun until now, as if the five minutes had passed. */
export function drawAll(afterMs = 0): Promise<number> {
  return drawReviews(new Date(Date.now() + afterMs + 1000), { behindMs: 0 });
}

/** The id of the review that a run was drawn for. */
export async function reviewOf(run: GivenRun): Promise<string> {
  const { rows } = await db().query<{ id: string }>('SELECT id FROM run_review WHERE run_id = $1', [run.id]);
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('The run was not drawn.');
  return id;
}

/** A run of a reviewed agent, drawn. */
export async function drawnRun(
  workspace: GivenWorkspace,
  agent: GivenAgent,
  over: Parameters<typeof givenRun>[2] = {},
): Promise<{ run: GivenRun; reviewId: string }> {
  const run = await givenRun(workspace, agent, over);
  await drawAll();
  return { run, reviewId: await reviewOf(run) };
}

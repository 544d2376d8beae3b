/**
 * Walks the demo's agents through their gates as their people would: evidence is stated, computed or drilled by the same
 * services the screens call, and each signature is a signature. Nothing is written past them, so the record verifies.
 */
import type { Actor } from '@/lib/auth/actor';
import { suiteText } from '@/lib/contract/scenario-templates/suite-text';
import { fromTemplates } from '@/lib/contract/scenario-templates/templates';
import type { Contract } from '@/lib/contract/schema';
import { GATES, type GateId, type SigningRole } from '@/lib/lifecycle/gates';
import { startBacktest } from '@/lib/services/backtests/start-backtest';
import { getContract } from '@/lib/services/contracts/get-contract';
import { drillFailurePaths } from '@/lib/services/drills/failure-paths-drill';
import { drillKillSwitch } from '@/lib/services/drills/kill-switch-drill';
import { acknowledgePage, drillPaging } from '@/lib/services/drills/paging-drill';
import { drillRollback } from '@/lib/services/drills/rollback-drill';
import { recordEvals } from '@/lib/services/evidence/record-evals';
import { recordLint } from '@/lib/services/evidence/record-lint';
import { reviewRisk } from '@/lib/services/evidence/review-risk';
import { stateCase } from '@/lib/services/evidence/state-case';
import { beginSigning } from '@/lib/services/gates/begin-signing';
import { getLifecycle } from '@/lib/services/gates/get-lifecycle';
import { getReview } from '@/lib/services/gates/get-review';
import { noteVisit } from '@/lib/services/gates/note-visit';
import { openReview } from '@/lib/services/gates/open-review';
import { signReview } from '@/lib/services/gates/sign-review';
import { computeRollout } from '@/lib/services/rollout/compute-rollout';
import { computeScenarios } from '@/lib/services/scenarios/compute-scenarios';
import { createSuite } from '@/lib/services/scenarios/create-suite';
import type { DemoCase } from './cases';

type Person = Extract<Actor, { kind: 'person' }>;
/** Who acts in which role for an agent. */
export type Cast = Readonly<Record<SigningRole, Person>>;

/** How far an agent has come: gates up to `signed` are signed; at `open` people are waited for. */
export interface Passage {
  agent: string;
  version: number;
  cast: Cast;
  signed: readonly GateId[];
  open?: { gate: GateId; message: string; evidence: boolean };
  stated: DemoCase;
}

const BACKTEST_DAYS = 30;
/** How long the demo's people look at a review; more is not counted, because it does not pass. */
const SECONDS_READ = 30;

export async function walkThroughGates(passage: Passage): Promise<void> {
  const { agent, version, cast, open } = passage;
  // Where an interrupted start left off.
  const { steps } = await getLifecycle(cast.sponsor, agent);
  for (const gate of passage.signed) {
    const step = steps.find((each) => each.gate === gate);
    if (step?.state === 'done') continue;
    if (step?.state !== 'open') await bringEvidence(passage, gate);
    const id =
      step?.state === 'open' && step.reviewId !== null
        ? step.reviewId
        : (await openReview(opener(cast, gate), { agent, gate, ...versionAt(gate, version) })).id;
    const { roles } = await getReview(cast.sponsor, id);
    for (const { role, signature } of roles) if (signature === null) await sign(cast[role], role, id);
  }
  if (open === undefined || steps.some((step) => step.gate === open.gate && step.state === 'open')) return;
  if (open.evidence) await bringEvidence(passage, open.gate);
  await openReview(opener(cast, open.gate), {
    agent,
    gate: open.gate,
    message: open.message,
    ...versionAt(open.gate, version),
  });
}

/** G1 comes before there is a contract to be a version of. */
function versionAt(gate: GateId, version: number): { version?: number } {
  return GATES[gate].subject === 'proposal' ? {} : { version };
}

function opener(cast: Cast, gate: GateId): Actor {
  return gate === 'G1' ? cast['head-of-ai'] : cast.engineer;
}

/** Opens the review and its evidence, and signs. */
async function sign(person: Person, role: SigningRole, reviewId: string): Promise<void> {
  const { seen, evidence } = await getReview(person, reviewId);
  const opened = evidence.flatMap((asked) => (asked.evidence === null ? [] : [asked.evidence.id]));
  await noteVisit(person, { reviewId, seconds: SECONDS_READ, opened });
  const { challengeId } = await beginSigning(person, { reviewId, role, method: 'demo', seen });
  await signReview(person, { reviewId, proof: { method: 'demo', challengeId, name: person.name } });
}

async function bringEvidence({ agent, version, cast, stated }: Passage, gate: GateId): Promise<void> {
  if (gate === 'G1') {
    await stateCase(cast.sponsor, { agent, kind: 'baseline', form: stated.baseline });
    await stateCase(cast.sponsor, { agent, kind: 'value', form: stated.value });
    await stateCase(cast['head-of-ai'], { agent, kind: 'autonomy-readiness', form: stated.readiness });
  } else if (gate === 'G2') await recordLint(cast.engineer, { agent, version });
  else if (gate === 'G3') {
    const contract = await contractOf(cast.engineer, agent, version);
    await createSuite(cast.qa, { agent, name: 'Six behaviours', source: suiteText(fromTemplates(contract)) });
    await computeScenarios(cast.qa, { agent, version });
    await recordEvals(cast.qa, {
      agent,
      version,
      bytes: Buffer.from(stated.evals),
      fileName: 'test-set.csv',
    });
  } else if (gate === 'G4') {
    const { done } = await startBacktest(cast.engineer, { agent, of: { version }, days: BACKTEST_DAYS });
    await done;
    await drillKillSwitch(cast.sre, { agent, live: true });
    await drillFailurePaths(cast.sre, { agent, number: version });
    await drillRollback(cast.operator, { agent, live: true });
    await reviewRisk(cast.grc, { agent, version, finding: 'stands', statement: stated.riskReview });
  } else if (gate === 'G5') {
    await computeRollout(cast.sre, { agent, version });
    const { drillId } = await drillPaging(cast.sre, { agent });
    await acknowledgePage(cast.operator, { drillId });
  }
}

async function contractOf(actor: Actor, agent: string, version: number): Promise<Contract> {
  return (await getContract(actor, agent, version)).contract;
}

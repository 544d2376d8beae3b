import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { ROUTE_WORDS, type Route } from '@/lib/contract/change-row';
import type { Change } from '@/lib/contract/diff';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { digestOf } from '@/lib/evidence/digest';
import { formatList } from '@/lib/format';
import { chosenRoute, coveredBy, type RouteStepKind } from '@/lib/lifecycle/amended-route';
import { isLonger } from '@/lib/lifecycle/route-order';
import { appendAudit } from '@/lib/services/audit/append';
import { type AmendmentFact, isUnderWay, owesSignatures } from '@/lib/services/gates/amendment-facts';
import { type AgentFacts, type GateFacts, gateFacts } from '@/lib/services/gates/facts';
import { reasonOf } from '@/lib/services/gates/reason';
import type { Queries } from '@/lib/services/gates/rows';
import { addNotifications } from '@/lib/services/notifications/add';
import { peopleFor } from '@/lib/services/verdicts/verdict-facts';
import { amendedText } from './changes';
import { type AmendmentRow, inAudit, lockAmendment, refuseEnded } from './rows';

/** Raising takes effect at once; a way shorter than the computed one waits for GRC. */
export type RouteAnswer = 'raised' | 'computed' | 'lowering-asked';

/**
 * Chooses the way back of an amendment. A longer one than it takes now is chosen freely; back to one that is not shorter than
 * the rules computed goes with a reason; a shorter one is only asked for, with a reason, and takes effect when GRC consents. Throws `conflict` where
 * nothing would change, or nothing is changed that could go back anywhere.
 */
export async function chooseRoute(
  actor: Actor,
  input: { number: number; route: Route; reason?: string | undefined },
): Promise<RouteAnswer> {
  const { workspaceId } = actor;
  const { route } = input;
  authorize(actor, 'amendment.write', { workspaceId });
  return transact(async (client) => {
    const { row, fact, changes, facts, agent } = await lockForRoute(client, workspaceId, input.number);
    const computed = chosenRoute(changes, { raisedTo: null, consents: [] });
    if (computed === null)
      throw new AppError('conflict', 'Nothing is changed yet, so there is no way back to choose.');
    const { raisedTo, consent, asked } = fact.choice;
    const now = chosenRoute(changes, { raisedTo, consents: consent === null ? [] : [consent] });
    if (route === now && asked === null)
      throw new AppError('conflict', `AMD-${row.number} goes to ${ROUTE_WORDS[route].title} already.`);
    const kind: RouteAnswer = isLonger(route, computed)
      ? 'raised'
      : route === computed
        ? 'computed'
        : 'lowering-asked';
    if (kind === 'lowering-asked' && asked?.route === route)
      throw new AppError('conflict', `${asked.by?.name ?? 'Somebody'} has asked for that already.`);
    const text = input.reason?.trim() ?? '';
    // Back from a way that was raised further is shorter than now, whatever was computed.
    const free = isLonger(route, now) && text === '';
    const reason = free ? null : reasonOf(text);
    await addStep(client, actor, row, fact, { kind, route, reason, covered: [] });
    if (kind === 'lowering-asked')
      await addNotifications(
        client,
        actor,
        consentersOf(facts, agent, fact, actor.kind === 'person' ? actor.personId : null).map((person) => ({
          personId: person.id,
          kind: 'amendment.consent-asked',
          title: `AMD-${row.number} of ${row.agentName} asks for your consent to go back to ${ROUTE_WORDS[route].title} only`,
          path: `/amendments/${row.number}`,
        })),
      );
    return kind;
  });
}

/**
 * GRC answers whether an amendment may take the shorter way that somebody asked for. The consent is for the changes as they
 * are: what is changed after it takes the way it would have taken. `seen` is `Lowering.seen` of the page. Throws
 * `forbidden` for whoever asked or wrote it, and for all but the contract's GRC.
 */
export async function answerLowering(
  actor: Actor,
  input: { number: number; consent: boolean; reason: string; seen: string },
): Promise<void> {
  const { workspaceId } = actor;
  authorize(actor, 'amendment.consent', { workspaceId });
  const reason = reasonOf(input.reason);
  await transact(async (client) => {
    const { row, fact, changes, facts, agent } = await lockForRoute(client, workspaceId, input.number);
    const { asked } = fact.choice;
    if (asked === null)
      throw new AppError('conflict', `Nobody asks for a shorter way back for AMD-${row.number} (any more).`);
    if (actor.kind === 'person' && asked.by?.id === actor.personId)
      throw new AppError('forbidden', 'You asked for it, so somebody else of GRC must consent.');
    const may = consentersOf(facts, agent, fact, asked.by?.id ?? null);
    if (actor.kind === 'person' && !may.some((person) => person.id === actor.personId))
      throw new AppError(
        'forbidden',
        may.length === 0
          ? 'Nobody of GRC may consent to this.'
          : `${formatList(may.map((person) => person.name))} answers this as GRC of the agent.`,
      );
    const covered = coveredBy(changes, asked.route);
    if (input.consent && input.seen !== loweringDigest(changes, asked.route))
      throw new AppError(
        'conflict',
        'What would go the shorter way has changed since you opened this page. Look at it again.',
      );
    await addStep(client, actor, row, fact, {
      kind: input.consent ? 'consented' : 'declined',
      route: asked.route,
      reason,
      covered: input.consent ? covered : [],
    });
    if (asked.by !== null)
      await addNotifications(client, actor, [
        {
          personId: asked.by.id,
          kind: 'amendment.consent-answered',
          title: `AMD-${row.number} of ${row.agentName} ${input.consent ? 'may' : 'may not'} go back to ${ROUTE_WORDS[asked.route].title} only`,
          path: `/amendments/${row.number}`,
        },
      ]);
  });
}

/** What GRC is asked to consent to: a digest of the very changes that would go a shorter way. */
export function loweringDigest(changes: readonly Change[], route: Route): string {
  return digestOf(coveredBy(changes, route));
}

/**
 * Who of GRC may consent: whom the contract names, else whoever has the role; never the one who asks, by their id, and nobody
 * who wrote the amendment.
 */
export function consentersOf(
  facts: GateFacts,
  agent: AgentFacts,
  amendment: Pick<AmendmentFact, 'baseId' | 'authors'>,
  asker: string | null,
): { id: string; name: string }[] {
  const grc = peopleFor(facts, agent, amendment.baseId, Date.now()).find((each) => each.role === 'grc');
  const free = facts.members.filter(
    ({ id, roles }) => roles.includes('grc') && id !== asker && !amendment.authors.includes(id),
  );
  const named = free.filter((member) => grc?.people.some((person) => person.id === member.id));
  // Whom the contract names cannot consent to what they ask for or wrote: then it is any other of GRC.
  return named.length > 0 ? named : free;
}

interface Locked {
  row: AmendmentRow;
  fact: AmendmentFact;
  facts: GateFacts;
  agent: AgentFacts;
  changes: Change[];
}

async function lockForRoute(client: Queries, workspaceId: string, number: number): Promise<Locked> {
  const row = await lockAmendment(client, workspaceId, number);
  const facts = await gateFacts(client, workspaceId, { agentIds: [row.agentId] });
  const [agent] = facts.agents;
  const fact = agent?.amendments.find((each) => each.id === row.id);
  if (agent === undefined || fact === undefined)
    throw new AppError('internal', 'The amendment and its agent are not together.');
  if (!isUnderWay(fact) && !owesSignatures(fact)) refuseEnded(row);
  const { changes } = await amendedText(client, workspaceId, row);
  return { row, fact, facts, agent, changes };
}

const ACTIONS: Readonly<Record<RouteStepKind, string>> = {
  raised: 'amendment.route-raised',
  computed: 'amendment.route-as-computed',
  'lowering-asked': 'amendment.route-lowering-asked',
  consented: 'amendment.route-lowered',
  declined: 'amendment.route-lowering-declined',
};

async function addStep(
  client: Queries,
  actor: Actor,
  row: AmendmentRow,
  fact: AmendmentFact,
  step: { kind: RouteStepKind; route: Route; reason: string | null; covered: readonly unknown[] },
): Promise<void> {
  const { workspaceId } = actor;
  // Never before what is on record: the steps are read in their order.
  const at = new Date(Math.max(Date.now(), ...fact.steps.map((each) => each.at + 1)));
  await client.query(
    `INSERT INTO amendment_route (id, workspace_id, amendment_id, kind, route, reason, covered, by_id, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      newId(),
      workspaceId,
      row.id,
      step.kind,
      step.route,
      step.reason,
      JSON.stringify(step.covered),
      actor.kind === 'person' ? actor.personId : null,
      at,
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: ACTIONS[step.kind],
      subject: `amendment:${row.id}`,
      detail: {
        ...inAudit(row),
        route: step.route,
        ...(step.reason === null ? {} : { reason: step.reason }),
        ...(step.kind === 'consented' ? { changes: step.covered } : {}),
      },
    },
  ]);
  await notify(client, { workspaceId, topic: 'amendment', id: row.id });
  await notify(client, { workspaceId, topic: 'gate', id: '' });
}

import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { newId } from '@/lib/db/id';
import { notify } from '@/lib/db/notify';
import { transact } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { GATES, type GateId } from '@/lib/lifecycle/gates';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import { holdsOf } from '@/lib/lifecycle/passages';
import { STAGE_TITLES } from '@/lib/lifecycle/stages';
import { appendAudit } from '@/lib/services/audit/append';
import { addNotifications } from '@/lib/services/notifications/add';
import { latestOf } from './amendment-facts';
import { reviewInAudit, whatIsSigned } from './close-review';
import { nextOf } from './dtos';
import type { AgentFacts, GateFacts, VersionFact } from './facts';
import { lockAgent } from './find-review';
import { rolesOf } from './people';
import { notToBeSigned, standingOf } from './review-standing';
import type { Queries } from './rows';

const DAY = 86_400_000;
const LONGEST_MESSAGE = 2000;

export interface OpenReview {
  /** The name the agent goes by. */
  agent: string;
  gate: GateId;
  /** Left out: the one the gate is next for, else the latest, at G6 the one in force. G1 has none. */
  version?: number | undefined;
  /** To those who sign. */
  message?: string | undefined;
}

/**
 * Opens a passage of a gate and asks those who sign it. Evidence may still be missing: it can then be signed once it is
 * there. Throws `conflict` when one is open for this agent and gate, when the version is not the one to decide about or
 * has passed, or when gates before it have not been passed.
 */
export async function openReview(actor: Actor, input: OpenReview): Promise<{ id: string }> {
  const { workspaceId } = actor;
  authorize(actor, 'gate.open', { workspaceId });
  const message = messageOf(input.message);
  return transact(async (client) => {
    const { facts, agent } = await lockAgent(client, workspaceId, input.agent);
    return openInto(client, actor, {
      facts,
      agent,
      gate: input.gate,
      number: input.version,
      message,
      now: new Date(),
    });
  });
}

function messageOf(text: string | undefined): string | null {
  const message = text?.trim() ?? '';
  if (message.length > LONGEST_MESSAGE)
    throw new AppError('invalid', 'The message is too long.', {
      issues: [{ path: 'message', message: `Write at most ${LONGEST_MESSAGE} characters.` }],
    });
  return message === '' ? null : message;
}

/** The step itself, with the agent locked. */
export async function openInto(
  client: Queries,
  actor: Actor,
  input: {
    facts: GateFacts;
    agent: AgentFacts;
    gate: GateId;
    number: number | undefined;
    message: string | null;
    now: Date;
  },
): Promise<{ id: string }> {
  const { workspaceId } = actor;
  const { facts, agent, gate } = input;
  const version = versionFor(agent, gate, input.number);
  const why = whyNotOpen(agent, gate, version);
  if (why !== null) throw new AppError('conflict', why);
  const now = input.now.getTime();
  const versionId = version?.id ?? null;
  const passing = { gate, versionId, roles: GATES[gate].roles, signatures: [] };
  const standing = standingOf(facts, agent, passing, now);
  const id = newId();
  await client.query(
    `INSERT INTO gate_review
       (id, workspace_id, agent_id, gate, contract_version_id, subject_digest, roles, opened_by_id, opened_at, message, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      id,
      workspaceId,
      agent.id,
      gate,
      versionId,
      standing.subject.digest,
      GATES[gate].roles,
      actor.kind === 'person' ? actor.personId : null,
      new Date(now),
      input.message,
      new Date(now + GATES[gate].openDays * DAY),
    ],
  );
  await appendAudit(client, [
    {
      workspaceId,
      actor,
      action: 'gate.opened',
      subject: `agent:${agent.id}`,
      detail: {
        ...reviewInAudit(agent, { id, gate, versionId }),
        digest: standing.subject.digest,
        missing: standing.asked
          .filter((each) => each.required && each.state !== 'present')
          .map((each) => each.kind),
      },
    },
  ]);
  await addNotifications(
    client,
    actor,
    rolesOf(facts, standing.context, passing, now).flatMap((role) =>
      role.may.map(({ person }) => ({
        personId: person.id,
        kind: 'gate.requested',
        title: `${gate} of ${whatIsSigned(agent, versionId)} asks for your signature as ${ROLE_IN_WORDS[role.role]}`,
        path: `/review/${id}`,
      })),
    ),
  );
  await notify(client, { workspaceId, topic: 'gate', id });
  return { id };
}

/** The version a gate would decide about; null where there is none. Throws `not_found` for one that was named and is not there. */
function versionFor(agent: AgentFacts, gate: GateId, number: number | undefined): VersionFact | null {
  if (GATES[gate].subject === 'proposal') {
    if (number !== undefined)
      throw new AppError(
        'invalid',
        `${gate} comes before there is a contract: it is opened without a version.`,
      );
    return null;
  }
  const next = nextOf(agent);
  const wanted = next.gate === gate ? next.versionId : gate === 'G6' ? agent.inForceId : null;
  const version =
    number === undefined
      ? (agent.versions.find((each) => each.id === wanted) ?? latestOf(agent))
      : agent.versions.find((each) => each.number === number);
  if (version !== undefined) return version;
  throw number === undefined
    ? new AppError(
        'conflict',
        `${agent.displayName} has no contract of its own yet: write one before ${gate}.`,
      )
    : new AppError('not_found', `"${agent.name}" has no contract version ${number}.`);
}

/** Why a gate cannot be opened for a version, in a sentence; null when it can. */
export function whyNotOpen(agent: AgentFacts, gate: GateId, version: VersionFact | null): string | null {
  const open = agent.reviews.find((review) => review.gate === gate && review.state === 'open');
  if (open !== undefined)
    return `${gate} is open for ${whatIsSigned(agent, open.versionId)} already. Sign, decline or withdraw that review first.`;
  const hold = holdsOf(agent.past, version?.id ?? null)[gate];
  const again = gate === 'G6' || hold.state !== 'passed';
  if (!again) return `${whatIsSigned(agent, version?.id ?? null)} has passed ${gate} already.`;
  if (version !== null) return notToBeSigned(agent, gate, version);
  if (gate === 'G1' && agent.stage !== 'discovery' && hold.state !== 'due')
    return `${agent.displayName} is past Discovery: it stands in ${STAGE_TITLES[agent.stage]}.`;
  return GATES[gate].subject === 'proposal'
    ? null
    : `${agent.displayName} has no contract of its own yet: write one before ${gate}.`;
}

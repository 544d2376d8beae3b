import type { Actor } from '@/lib/auth/actor';
import { authorize, can } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { GATE_IDS, GATES, type GateId, gateFrom } from '@/lib/lifecycle/gates';
import { findAgent } from '@/lib/services/agents/find-agent';
import type { AgentDto, AskedEvidenceDto, VersionDto } from '@/lib/services/gates/dto';
import { agentDto, versionDto } from '@/lib/services/gates/dtos';
import { gateFacts } from '@/lib/services/gates/facts';
import { standingOf } from '@/lib/services/gates/review-standing';
import type { EvidenceSummary } from './evidence-row';
import { getEvidence } from './get-evidence';
import { type HistoryPage, listHistory } from './list-history';

export interface GateEvidence {
  gate: GateId;
  question: string;
  /** The gate that leads out of the stage the agent stands in. */
  next: boolean;
  /** True at G1, which speaks of the agent before there is a contract. */
  proposal: boolean;
  evidence: AskedEvidenceDto[];
}

export interface EvidencePage {
  agent: AgentDto;
  /** Newest first. */
  versions: VersionDto[];
  /** The one looked at; null while there is none. */
  version: VersionDto | null;
  gates: GateEvidence[];
  attachments: EvidenceSummary[];
  history: HistoryPage;
  /** What was last stated as baseline, to start the next forms from; as its schema has it. */
  baseline: unknown;
  may: { add: boolean; stateCase: boolean; reviewRisk: boolean };
}

/**
 * All evidence of an agent by the gates that ask for it, as it stands now for one version: the newest, or the one whose number
 * is given. Throws `not_found`.
 */
export async function evidencePage(
  actor: Actor,
  input: { agent: string; version?: number | undefined; before?: string | undefined },
): Promise<EvidencePage> {
  const { workspaceId } = actor;
  authorize(actor, 'evidence.read', { workspaceId });
  const { id, displayName } = await findAgent(actor, input.agent);
  const facts = await gateFacts(db(), workspaceId, { agentIds: [id] });
  const [agent] = facts.agents;
  const version =
    input.version === undefined
      ? agent?.versions[0]
      : agent?.versions.find((each) => each.number === input.version);
  if (agent === undefined || (version === undefined && input.version !== undefined))
    throw new AppError('not_found', `${displayName} has no version ${input.version} of its contract.`);
  const now = Date.now();
  const next = gateFrom(agent.stage);
  const standing = (gate: GateId) =>
    standingOf(
      facts,
      agent,
      {
        gate,
        versionId: GATES[gate].subject === 'proposal' ? null : (version?.id ?? null),
        roles: GATES[gate].roles,
        signatures: [],
      },
      now,
    );
  const gates = GATE_IDS.map(
    (gate): GateEvidence => ({
      gate,
      question: GATES[gate].question,
      next: gate === next,
      proposal: GATES[gate].subject === 'proposal',
      evidence: standing(gate).asked,
    }),
  );
  const stated = gates[0]?.evidence.find(({ kind }) => kind === 'baseline')?.evidence;
  const subject = { workspaceId };
  return {
    agent: agentDto(agent),
    versions: agent.versions.map(versionDto),
    version: version === undefined ? null : versionDto(version),
    gates,
    attachments: standing('G2').attachments,
    history: await listHistory(actor, { agentId: id, before: input.before }),
    baseline: stated == null ? null : (await getEvidence(actor, stated.id)).detail,
    may: {
      add: can(actor, 'evidence.add', subject),
      stateCase: can(actor, 'evidence.state-case', subject),
      reviewRisk: can(actor, 'evidence.review-risk', subject),
    },
  };
}

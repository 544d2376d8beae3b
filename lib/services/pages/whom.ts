import type { PoolClient } from 'pg';
import { formatList } from '@/lib/format';
import type { PageKind } from '@/lib/response/escalation';
import { isAway } from '@/lib/services/on-call/is-away';
import { resolveOnCall } from '@/lib/services/on-call/resolve';

export interface PagedPerson {
  id: string;
  name: string;
  email: string;
}

/** Whom a step of a page reaches at a moment. */
export interface Whom {
  people: PagedPerson[];
  /** The schedule that named them. */
  via: string | null;
  /** Why it is nobody, or others than the contract names, in a sentence. */
  note: string | null;
}

/**
 * The people behind a step: whoever is on call at the address the contract names. An operator of whom the workspace knows
 * nothing is every operator it has, so that no page is lost; the last resort is every head of AI, those who are away too when
 * nobody else is left.
 */
export async function whomToPage(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  step: { kind: PageKind; address: string | null },
  at: Date,
): Promise<Whom> {
  if (step.address === null) return lastResort(client, workspaceId, at);
  const { people, via, problem, away } = await resolveOnCall(client, workspaceId, step.address, at);
  const schedule = via?.name ?? null;
  switch (problem) {
    case null:
      return {
        people,
        via: schedule,
        note: away.length === 0 ? null : `${areAway(away)}.`,
      };
    case 'unknown': {
      const missing = `No member and no schedule has the address ${step.address}`;
      if (step.kind !== 'operator') return { people: [], via: null, note: `${missing}.` };
      const operators = (await members(client, workspaceId, 'operator', at)).filter((each) => !each.away);
      return operators.length === 0
        ? { people: [], via: null, note: `${missing}, and no operator is there.` }
        : { people: operators, via: null, note: `${missing}: every operator is paged.` };
    }
    case 'nobody-on-call':
      return { people: [], via: schedule, note: `Nobody is on call at ${schedule ?? step.address}.` };
    case 'away': {
      const who = away.length === 0 ? 'Everybody is away' : areAway(away);
      return { people: [], via: schedule, note: `${who}${schedule === null ? '' : ` (${schedule})`}.` };
    }
    case 'unreadable':
      return {
        people: [],
        via: schedule,
        note: `The on-call schedule ${schedule ?? step.address} cannot be read.`,
      };
  }
}

/** "Dana Whitfield is away", "Dana Whitfield and Sam Ito are away". */
function areAway(away: readonly PagedPerson[]): string {
  return `${formatList(away.map(({ name }) => name))} ${away.length > 1 ? 'are' : 'is'} away`;
}

async function lastResort(client: Pick<PoolClient, 'query'>, workspaceId: string, at: Date): Promise<Whom> {
  const heads = await members(client, workspaceId, 'head-of-ai', at);
  if (heads.length === 0) return { people: [], via: null, note: 'The workspace has no head of AI.' };
  const there = heads.filter((each) => !each.away);
  if (there.length > 0) return { people: there, via: null, note: null };
  return { people: heads, via: null, note: 'Every head of AI is away; they are paged all the same.' };
}

async function members(
  client: Pick<PoolClient, 'query'>,
  workspaceId: string,
  role: 'operator' | 'head-of-ai',
  at: Date,
): Promise<(PagedPerson & { away: boolean })[]> {
  const { rows } = await client.query<PagedPerson & { away: boolean }>(
    `SELECT p.id, p.name, p.email,
            ${isAway('$3')} AS away
       FROM membership m JOIN person p ON p.id = m.person_id
      WHERE m.workspace_id = $1 AND p.disabled_at IS NULL AND $2 = ANY(m.roles) ORDER BY p.name, p.id`,
    [workspaceId, role, at],
  );
  return rows;
}

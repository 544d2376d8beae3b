import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { db } from '@/lib/db/pool';
import { dayIn } from '@/lib/lifecycle/attestation';
import { GATE_IDS } from '@/lib/lifecycle/gates';
import type { FallbackPattern } from './dto';
import { agentDto, stageChangeDto } from './dtos';
import { gateFacts } from './facts';

const MOST_MONTHS = 36;

/**
 * Fallbacks of the last months (12, at most 36) by gate, cause and calendar month of the workspace, beside how often each gate
 * was passed in that time: whether contracts were right.
 */
export async function fallbackPattern(
  actor: Actor,
  of: { months?: number | undefined } = {},
): Promise<FallbackPattern> {
  authorize(actor, 'gate.read', { workspaceId: actor.workspaceId });
  const facts = await gateFacts(db(), actor.workspaceId);
  const count = Math.min(MOST_MONTHS, Math.max(1, Math.floor(of.months ?? 12)));
  const months = monthsUpTo(dayIn(Date.now(), facts.zone).slice(0, 7), count);
  const monthOf = (at: number) => dayIn(at, facts.zone).slice(0, 7);
  const inside = new Set(months);
  const fallbacks = facts.agents
    .flatMap((agent) =>
      agent.moves.filter((move) => move.kind === 'fallback').map((move) => ({ agent, move })),
    )
    .filter(({ move }) => inside.has(monthOf(move.at)))
    .sort((a, b) => b.move.at - a.move.at)
    .map(({ agent, move }) => ({ ...stageChangeDto(move), agent: agentDto(agent), month: monthOf(move.at) }));
  const counts = new Map<string, FallbackPattern['counts'][number]>();
  for (const { gate, cause, month } of fallbacks) {
    if (gate === null || cause === null) continue;
    const key = `${gate}/${cause}/${month}`;
    const known = counts.get(key);
    counts.set(key, { gate, cause, month, count: (known?.count ?? 0) + 1 });
  }
  return {
    fallbacks: fallbacks.map(({ month: _, ...fallback }) => fallback),
    counts: [...counts.values()].sort(
      (a, b) => a.month.localeCompare(b.month) || a.gate.localeCompare(b.gate),
    ),
    months,
    passed: GATE_IDS.map((gate) => ({
      gate,
      count: facts.agents
        .flatMap((agent) => agent.past.passages)
        .filter((passage) => passage.gate === gate && inside.has(monthOf(passage.at))).length,
    })),
  };
}

/** So many months up to and with the last (YYYY-MM), the oldest first. */
function monthsUpTo(last: string, count: number): string[] {
  const end = Number(last.slice(0, 4)) * 12 + Number(last.slice(5, 7)) - 1;
  return Array.from({ length: count }, (_, position) => {
    const month = end - count + 1 + position;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

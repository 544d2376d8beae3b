import { formatCount } from '@/lib/format';
import type { SigningRole } from '@/lib/lifecycle/gates';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { MadeAgents } from '@/lib/services/delegations/list-delegations';

/**
 * What somebody who stands in may not sign all the same, because they or whom they stand in for made the agent; null when
 * nothing. `agent`: the one it is for, by its name in telemetry; empty: all of them, `agents` in number.
 */
export function littleAllowed(
  by: readonly { name: string; made: MadeAgents }[],
  { role, agent, agents }: { role: SigningRole; agent: string; agents: number },
): string | null {
  const words = ROLE_IN_WORDS[role];
  for (const { name, made } of by) {
    const barred = new Set([
      // Who wrote a version signs it neither as GRC nor as operator; who built it signs it neither at G4 nor at G5.
      ...(role === 'grc' || role === 'operator' ? made.wrote : []),
      ...(role === 'grc' || role === 'operator' || role === 'sre' ? made.built : []),
    ]);
    if (agent !== '' && barred.has(agent))
      return `${name} wrote or built this agent’s newest version, so it cannot be signed as ${words} by them.`;
    if (agent === '' && barred.size > 0)
      return `${name} wrote or built the newest version of ${
        barred.size === agents
          ? agents === 1
            ? 'the only agent'
            : `all ${formatCount(agents)} agents`
          : `${formatCount(barred.size)} of ${formatCount(agents)} agents`
      }, and cannot sign ${barred.size === 1 ? 'it' : 'those'} as ${words}.`;
  }
  return null;
}

import { formatCount, formatDate, formatNumber, plural } from '@/lib/format';
import type { AgentTrend } from '@/lib/services/agents/agent-trend';

/** What the line says: where it was lowest and where it stands; the figure of the whole window stands above it already. */
export function scoreReading({ days, byDay, score }: Pick<AgentTrend, 'days' | 'byDay' | 'score'>): string {
  const scored = byDay.flatMap(({ day, score: mean, runs }) =>
    mean === null ? [] : [{ day, score: mean, runs }],
  );
  const [first, ...more] = scored;
  if (score === null || first === undefined) return `No run was scored in ${days} days`;
  const latest = more.at(-1) ?? first;
  const points = formatNumber(latest.score, 1);
  const now =
    latest.runs === 1
      ? `The one run of the latest day scored ${points}`
      : `Runs of the latest day scored ${points} on average`;
  const lowest = more.reduce((low, day) => (day.score < low.score ? day : low), first);
  return lowest === latest
    ? `${now}${more.length === 0 ? '' : `, the lowest of ${scored.length} days`}`
    : `${now}; lowest ${formatNumber(lowest.score, 1)} on ${formatDate(`${lowest.day}T12:00:00Z`, 'UTC')}`;
}

/** How many runs came to a band that asks for somebody. */
export function bandReading({ days, byDay }: Pick<AgentTrend, 'days' | 'byDay'>): string {
  const sum = (band: 'low' | 'medium' | 'high' | 'critical') =>
    byDay.reduce((total, day) => total + day[band], 0);
  const all = sum('low') + sum('medium') + sum('high') + sum('critical');
  if (all === 0) return `No run in ${days} days`;
  const severe = sum('high') + sum('critical');
  if (severe > 0) return `${formatCount(severe)} of ${plural(all, 'run')} came to high or critical risk`;
  return sum('medium') > 0
    ? `No high risk; ${formatCount(sum('medium'))} of ${plural(all, 'run')} medium`
    : `All ${plural(all, 'run')} at low risk`;
}

/**
 * What the company's systems say of its agents' work: whether a claim or refund stood, what customers said, how the
 * test sets went. Made like the runs: the same every time, sent by the front door under ids of their own.
 */
import { type Chance, chanceFrom } from './random';
import type { DemoRun } from './trace';

const DAY = 86_400_000;
const AT_ONCE = 1000;

export interface DemoSignal {
  agent: string;
  run?: string;
  family: 'outcome' | 'feedback' | 'eval';
  metric: string;
  value: number | boolean;
  unit?: string;
  samples?: number;
  suite?: boolean;
  at: string;
  id: string;
  note?: string;
}

const THANKS = [
  'Quick and clear.',
  'Money was there two days later.',
  'Could have told me sooner what was missing.',
] as const;

/** Outcomes and ratings of the runs that have ended by `end`, and the results of test sets. */
export function demoSignals(runs: readonly DemoRun[], end: number): DemoSignal[] {
  const chance = chanceFrom(4318);
  return [...runs.flatMap((run) => ofRun(chance, run, end)), ...testSets(end)];
}

function ofRun(chance: Chance, run: DemoRun, end: number): DemoSignal[] {
  const { service: agent, key } = run;
  const about = (
    metric: string,
    family: DemoSignal['family'],
    value: number | boolean,
    after: number,
    note?: string,
  ): DemoSignal[] => {
    const at = run.startMs + after;
    if (at > end) return [];
    return [
      {
        agent,
        run: key,
        family,
        metric,
        value,
        at: new Date(at).toISOString(),
        id: `${key}/${metric}`,
        ...(note === undefined ? {} : { note }),
      },
    ];
  };
  const [settles, rates, rating, remark] = [
    chance.chance(0.94),
    chance.chance(0.18),
    chance.chance(0.82),
    chance.chance(0.3),
  ];
  const note = remark ? chance.pick(THANKS) : undefined;
  if (agent === 'claims-processor')
    return [
      ...about('settled-without-rework', 'outcome', settles, 6 * 3_600_000),
      ...(rates ? about('csat', 'feedback', rating, DAY, note) : []),
    ];
  if (agent === 'refund-decisioning')
    return [
      ...about('refund-stood', 'outcome', settles, 5 * 3_600_000),
      ...(rates ? about('csat', 'feedback', rating, DAY, note) : []),
    ];
  if (agent === 'invoice-reconciliation') return about('posted-unchanged', 'outcome', settles, 3_600_000);
  return [];
}

/** Means of test sets as a nightly job sends them: the one about advice is where its team stands before Build is redone. */
function testSets(end: number): DemoSignal[] {
  const set = (
    agent: string,
    metric: string,
    value: number,
    samples: number,
    daysAgo: number,
  ): DemoSignal => {
    const at = new Date(end - daysAgo * DAY).toISOString();
    return {
      agent,
      family: 'eval',
      metric,
      value,
      samples,
      suite: true,
      at,
      id: `${agent}/${metric}/${at.slice(0, 10)}`,
    };
  };
  return [
    set('claims-processor', 'extraction-accuracy', 0.91, 120, 12),
    set('claims-processor', 'extraction-accuracy', 0.93, 120, 5),
    set('refund-decisioning', 'refund-policy', 0.95, 80, 6),
    set('invoice-reconciliation', 'matching', 0.97, 140, 4),
    set('settlement-information', 'advice-boundary', 0.53, 100, 3),
  ];
}

/** Posts signals to the runtime plane. Throws when one is refused. */
export async function sendSignals(
  door: { endpoint: string; key: string },
  signals: readonly DemoSignal[],
): Promise<void> {
  for (let from = 0; from < signals.length; from += AT_ONCE) {
    const response = await fetch(`${door.endpoint}/v1/signals`, {
      method: 'POST',
      headers: { authorization: `Bearer ${door.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(signals.slice(from, from + AT_ONCE)),
    });
    const answer = await response.text();
    if (!response.ok || !answer.includes('"refused":0'))
      throw new Error(`The runtime plane refused signals of the demo: ${answer.slice(0, 500)}`);
  }
}

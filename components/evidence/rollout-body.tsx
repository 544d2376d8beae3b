import { z } from 'zod';
import { FactRows } from '@/components/ui/sheet';
import { BANDS } from '@/lib/contract/schema';
import { formatCount, formatList, formatMoney, formatPercent } from '@/lib/format';
import { Figures } from './figures';

const rolloutSchema = z.object({
  runs: z.number(),
  leastRuns: z.number(),
  beforeRollout: z.number(),
  askedOnly: z.number(),
  silentShare: z.number().nullable(),
  silentBetween: z.tuple([z.number(), z.number()]).nullable(),
  silentTarget: z.number(),
  breaches: z.record(z.string(), z.number()),
  calling: z.number(),
  decided: z.number(),
  costPerRunUsd: z.number().nullable(),
  unpricedRuns: z.number(),
});

/** What real runs under a version have shown, each figure beside what it is held to. */
export function RolloutBody({ detail }: { detail: unknown }) {
  const read = rolloutSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const it = read.data;
  const broken = BANDS.toReversed().flatMap((band) => {
    const count = it.breaches[band] ?? 0;
    return count === 0 ? [] : [`${formatCount(count)} ${band}`];
  });
  return (
    <div className="border-b border-line">
      <FactRows
        rows={[
          { name: 'Runs', value: `${formatCount(it.runs)}, at least ${formatCount(it.leastRuns)} needed` },
          { name: 'Of them before Rollout began', value: formatCount(it.beforeRollout) },
          {
            name: 'Wholly silent',
            value:
              it.silentShare === null
                ? 'unknown'
                : `${formatPercent(it.silentShare)}, target ${formatPercent(it.silentTarget)}`,
          },
          ...(it.silentBetween === null
            ? []
            : [
                {
                  name: 'Wholly silent, 95% interval',
                  value: `${formatPercent(it.silentBetween[0])} to ${formatPercent(it.silentBetween[1])}`,
                },
              ]),
          { name: 'Breaches', value: broken.length === 0 ? 'none' : formatList(broken) },
          {
            name: 'Asked before acting',
            value:
              it.calling === 0
                ? 'no tool called'
                : `${formatCount(it.decided)} of ${formatCount(it.calling)} runs that called a tool`,
          },
          {
            name: 'Cost a run',
            value: it.costPerRunUsd === null ? 'unknown' : formatMoney(it.costPerRunUsd),
          },
          ...(it.unpricedRuns === 0
            ? []
            : [{ name: 'Runs without a price', value: formatCount(it.unpricedRuns) }]),
          ...(it.askedOnly === 0
            ? []
            : [{ name: 'Asked only, not counted', value: formatCount(it.askedOnly) }]),
        ]}
      />
    </div>
  );
}

import Link from 'next/link';
import { Dialog } from '@/components/ui/dialog';
import { formatDuration, formatMoney, formatNumber, formatPercent } from '@/lib/format';
import { type Input, type PillarScore, rangeOf } from '@/lib/scoring/performance';
import type { RunDetail } from '@/lib/services/runs/get-run';

/** Scores, 0 to 100: plain "risk" is points and plain "cost" dollars. */
export const PILLAR_WORDS = { risk: 'Risk score', quality: 'Quality score', cost: 'Cost score' } as const;
type Pillars = { risk: number | null; quality: number | null; cost: number | null };

/** A score with its three pillars and how much of it was measured: never one without the others. */
export function ScoreStrip({
  score,
  pillars,
  coverage,
  label,
  links,
  children,
}: {
  score: number | null;
  pillars: Pillars;
  /** 0-1 */
  coverage: number;
  label: string;
  /** Where each figure comes from; of a run, that is its own page. */
  links?: Record<'score' | keyof Pillars, string>;
  children?: React.ReactNode;
}) {
  const cells = [
    { name: label, value: told(score), range: rangeText(score, coverage), strong: true, href: links?.score },
    ...(['risk', 'quality', 'cost'] as const).map((pillar) => ({
      name: PILLAR_WORDS[pillar],
      value: told(pillars[pillar]),
      range: null,
      strong: false,
      href: links?.[pillar],
    })),
    {
      name: 'Measured',
      value: score === null ? 'nothing' : formatPercent(coverage, 0),
      range: null,
      strong: false,
      href: links?.quality,
    },
  ];
  return (
    <div className="mb-5 flex flex-wrap items-end justify-between gap-x-8 gap-y-3 rounded-lg border border-line bg-sheet px-3.5 py-3">
      <dl className="flex flex-wrap items-end gap-x-8 gap-y-3">
        {cells.map((cell) => (
          <div key={cell.name} className="flex flex-col-reverse">
            <dt className="text-xs text-ink-2">{cell.name}</dt>
            <dd className={cell.strong ? 'text-xl font-semibold' : 'text-lg'}>
              {cell.href === undefined ? (
                cell.value
              ) : (
                <Link href={cell.href} prefetch={false} className="prose-link">
                  {cell.value}
                </Link>
              )}
              {cell.range === null ? null : (
                <span
                  className="ml-1.5 text-sm font-normal text-ink-2"
                  title="Wherever what was not measured would lie, the score is between these."
                >
                  {cell.range}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {children}
    </div>
  );
}

/** "58 to 91": between what the score can be, whatever was not measured; null where all was. */
export function rangeText(score: number | null, coverage: number): string | null {
  if (score !== null && coverage >= 1) return null;
  const { low, high } = rangeOf(score, coverage);
  return low === high ? null : `${formatNumber(low, 1)} to ${formatNumber(high, 1)}`;
}

export const told = (score: number | null) => (score === null ? 'unknown' : formatNumber(score, 1));

/** Every figure that went into a run's score, so that anyone can work it out again. */
export function HowScored({ run }: { run: RunDetail }) {
  if (run.reproduce.length === 0) return null;
  const measured = run.reproduce.filter((part) => part.score !== null);
  return (
    <Dialog
      trigger="How it was worked out"
      size="small"
      title={`Score of ${run.key}`}
      description="The mean of the pillars that were measured, by their weight."
    >
      <div className="grid gap-4 text-sm">
        <p className="code rounded-sm bg-sunk px-2 py-1.5">
          ({measured.map((part) => `${told(part.score)} × ${part.weight}`).join(' + ')}) ÷{' '}
          {formatNumber(
            measured.reduce((sum, part) => sum + part.weight, 0),
            2,
          )}{' '}
          = {told(run.score)}
        </p>
        <RangeByHand score={run.score} coverage={run.scoreCoverage} />
        {run.reproduce.map((part) => (
          <Pillar key={part.pillar} part={part}>
            {part.pillar === 'risk' ? <RunRisk run={run} /> : null}
          </Pillar>
        ))}
        <p className="text-ink-2">
          Formula {run.scoreFormula}, the one in use when the run began. A newer one rewrites no score.
        </p>
      </div>
    </Dialog>
  );
}

/** How far a score may be from what complete data would have given; nothing where all was measured. */
export function RangeByHand({ score, coverage }: { score: number | null; coverage: number }) {
  const range = rangeText(score, coverage);
  if (range === null || score === null) return null;
  return (
    <div className="grid gap-1">
      <p className="text-ink-2">
        {formatPercent(coverage)} of the weight was measured. Were the rest at 0 or at 100, the score would be{' '}
        {range}:
      </p>
      <p className="code rounded-sm bg-sunk px-2 py-1.5">
        ({told(score)} − 0.05) × {formatNumber(coverage, 6)}, rounded down, to ({told(score)} + 0.05) ×{' '}
        {formatNumber(coverage, 6)} + {formatNumber(100 * (1 - coverage), 4)}, rounded up
      </p>
    </div>
  );
}

/** How the risks of its spans came to that of the run. */
function RunRisk({ run: { riskTerms } }: { run: RunDetail }) {
  if (riskTerms === null) return null;
  const { rule, share, sum, highest, rest, risk } = riskTerms;
  const figure = (value: number) => formatNumber(value, 2);
  return (
    <p className="code mt-1 rounded-sm bg-sunk px-2 py-1.5">
      {rule === 'sum'
        ? `run risk ${figure(risk)} = the sum of its spans`
        : rule === 'max'
          ? `run risk ${figure(risk)} = its riskiest span (all together ${figure(sum)})`
          : `run risk ${figure(risk)} = riskiest span ${figure(highest)} + ${figure(rest)}, the smaller of the others (${figure(sum - highest)}) and ${formatPercent(share ?? 0)} of the riskiest`}
    </p>
  );
}

function Pillar({ part, children }: { part: PillarScore; children?: React.ReactNode }) {
  return (
    <section>
      <h3 className="flex justify-between font-medium">
        <span>
          {PILLAR_WORDS[part.pillar]} <span className="font-normal text-ink-2">weight {part.weight}</span>
        </span>
        <span>{told(part.score)}</span>
      </h3>
      <p className="text-ink-2">{part.missing ?? part.formula}</p>
      {children}
      {part.inputs.length === 0 ? null : (
        <dl className="mt-1 grid grid-cols-[minmax(0,1fr)_auto] gap-x-4">
          {part.inputs.map((input) => (
            <div key={input.label} className="contents">
              <dt className="text-ink-2">{input.label}</dt>
              <dd className="text-right">{inputText(input)}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function inputText({ value, unit }: Input): string {
  if (typeof value === 'string') return value;
  if (unit === 'USD') return formatMoney(value);
  // The exact figure is what it is worked out with.
  if (unit === 'ms' && value >= 1000) return `${formatNumber(value, 0)} ms (${formatDuration(value)})`;
  return `${formatNumber(value, 4)}${unit === '' ? '' : ` ${unit}`}`;
}

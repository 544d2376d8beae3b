import { Dialog } from '@/components/ui/dialog';
import { formatMoney, formatNumber, formatPercent } from '@/lib/format';
import type { Input, PillarScore } from '@/lib/scoring/performance';
import type { RunDetail } from '@/lib/services/runs/get-run';

/** Scores, 0 to 100: plain "risk" is points and plain "cost" dollars. */
const PILLAR_WORDS = { risk: 'Risk score', quality: 'Quality score', cost: 'Cost score' } as const;
type Pillars = { risk: number | null; quality: number | null; cost: number | null };

/** A score with its three pillars and how much of it was measured: never one without the others. */
export function ScoreStrip({
  score,
  pillars,
  coverage,
  label,
  children,
}: {
  score: number | null;
  pillars: Pillars;
  /** 0-1 */
  coverage: number;
  label: string;
  children?: React.ReactNode;
}) {
  const cells = [
    { name: label, value: told(score), strong: true },
    ...(['risk', 'quality', 'cost'] as const).map((pillar) => ({
      name: PILLAR_WORDS[pillar],
      value: told(pillars[pillar]),
      strong: false,
    })),
    { name: 'Measured', value: score === null ? 'nothing' : formatPercent(coverage, 0), strong: false },
  ];
  return (
    <div className="mb-5 flex flex-wrap items-end justify-between gap-x-8 gap-y-3 rounded-lg border border-line bg-sheet px-3.5 py-3">
      <dl className="flex flex-wrap items-end gap-x-8 gap-y-3">
        {cells.map((cell) => (
          <div key={cell.name} className="flex flex-col-reverse">
            <dt className="text-xs text-ink-2">{cell.name}</dt>
            <dd className={cell.strong ? 'text-xl font-semibold' : 'text-lg'}>{cell.value}</dd>
          </div>
        ))}
      </dl>
      {children}
    </div>
  );
}

const told = (score: number | null) => (score === null ? 'unknown' : formatNumber(score, 1));

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
        {run.reproduce.map((part) => (
          <Pillar key={part.pillar} part={part} />
        ))}
      </div>
    </Dialog>
  );
}

function Pillar({ part }: { part: PillarScore }) {
  return (
    <section>
      <h3 className="flex justify-between font-medium">
        <span>
          {PILLAR_WORDS[part.pillar]} <span className="font-normal text-ink-2">weight {part.weight}</span>
        </span>
        <span>{told(part.score)}</span>
      </h3>
      <p className="text-ink-2">{part.missing ?? part.formula}</p>
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
  return `${formatNumber(value, 4)}${unit === '' ? '' : ` ${unit}`}`;
}

import { z } from 'zod';
import { FactRows, SheetBody } from '@/components/ui/sheet';
import { AUTHORITY_LEVELS } from '@/lib/contract/schema';
import { formatCount, formatDuration, formatMoney, formatNumber, formatPercent } from '@/lib/format';
import {
  baselineSchema,
  baselineTotals,
  readinessSchema,
  valueSchema,
  valueTotals,
} from '@/lib/lifecycle/case-forms';
import { READINESS_QUESTIONS, STANCE_WORDS } from '@/lib/lifecycle/readiness';
import { Figures } from './figures';

/** Today's work, each figure with its source, and what it comes to a month. */
export function BaselineBody({ detail }: { detail: unknown }) {
  const read = baselineSchema.strip().safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { work, casesPerMonth, minutesPerCase, costPerCase, errorRate } = read.data;
  const totals = baselineTotals(read.data);
  return (
    <>
      <SheetBody className="border-b border-line">
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{work}</p>
      </SheetBody>
      <div className="border-b border-line">
        <FactRows
          rows={[
            sourced('Cases a month', formatCount(casesPerMonth.value), casesPerMonth.source),
            sourced('Time for each', formatDuration(minutesPerCase.value * 60_000), minutesPerCase.source),
            sourced('Cost of each', formatMoney(costPerCase.value), costPerCase.source),
            sourced('Share that is wrong', formatPercent(errorRate.value), errorRate.source),
            { name: 'Time a month', value: `${formatNumber(totals.hoursPerMonth, 1)} h` },
            { name: 'Cost a month', value: formatMoney(totals.costPerMonth) },
            { name: 'Wrong a month', value: `${formatNumber(totals.errorsPerMonth, 1)} cases` },
          ]}
        />
      </div>
    </>
  );
}

function sourced(name: string, value: string, source: string) {
  return {
    name,
    value: (
      <>
        {value}
        <span className="block text-xs text-ink-2 [overflow-wrap:anywhere]">{source}</span>
      </>
    ),
  };
}

/** What the agent would be worth, line by line as it was computed. */
export function ValueBody({ detail }: { detail: unknown }) {
  const read = valueSchema.strip().safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const value = read.data;
  const totals = valueTotals(value);
  return (
    <>
      <SheetBody className="border-b border-line">
        <p className="whitespace-pre-wrap [overflow-wrap:anywhere]">{value.how}</p>
      </SheetBody>
      <div className="border-b border-line">
        <FactRows
          rows={[
            { name: 'Cases a month', value: formatCount(value.casesPerMonth) },
            { name: 'Minutes saved on each', value: `${formatNumber(value.minutesSavedPerCase)} min` },
            { name: 'Hours saved a month', value: `${formatNumber(totals.hoursSavedPerMonth, 1)} h` },
            { name: `At ${formatMoney(value.hourlyCost)} an hour`, value: formatMoney(totals.timePerMonth) },
            { name: 'Besides time', value: `+ ${formatMoney(value.otherPerMonth)}` },
            { name: 'Costs to run', value: `− ${formatMoney(value.runningPerMonth)}` },
            { name: 'Net a month', value: <strong>{formatMoney(totals.netPerMonth)}</strong> },
            { name: 'Net a year', value: formatMoney(totals.netPerYear) },
          ]}
        />
      </div>
    </>
  );
}

const readinessDetailSchema = z.object({
  answers: readinessSchema,
  stance: z.enum(AUTHORITY_LEVELS),
  heldBy: z.array(z.string()),
});

/** The five answers, why, what each allows, and the stance they imply. */
export function ReadinessBody({ detail }: { detail: unknown }) {
  const read = readinessDetailSchema.safeParse(detail);
  if (!read.success) return <Figures value={detail} />;
  const { answers, stance, heldBy } = read.data;
  return (
    <>
      <SheetBody className="border-b border-line">
        <p>
          Implies <strong>{STANCE_WORDS[stance].title.toLowerCase()}</strong>: {STANCE_WORDS[stance].means}.
        </p>
      </SheetBody>
      <ul className="border-b border-line text-sm">
        {READINESS_QUESTIONS.map(({ id, title, answers: choices }) => {
          const given = answers[id];
          const choice = choices.find((each) => each.id === given.answer);
          return (
            <li key={id} className="grid gap-0.5 border-b border-line px-3.5 py-2.5 last:border-b-0">
              <p className="flex flex-wrap justify-between gap-x-3">
                <span className="font-medium">{title}</span>
                <span className={heldBy.includes(id) ? 'text-ink' : 'text-ink-2'}>
                  {choice === undefined ? '' : `allows ${STANCE_WORDS[choice.ceiling].title.toLowerCase()}`}
                </span>
              </p>
              <p>{choice?.label}</p>
              <p className="whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">{given.why}</p>
            </li>
          );
        })}
      </ul>
    </>
  );
}

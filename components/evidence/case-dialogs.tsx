'use client';

import { useState } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Input, Select, Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { formatMoney } from '@/lib/format';
import { baselineSchema, valueTotals } from '@/lib/lifecycle/case-forms';
import { type QuestionId, READINESS_QUESTIONS, readinessOf, STANCE_WORDS } from '@/lib/lifecycle/readiness';
import { stateTheCase } from './actions';

interface FormProps {
  agent: string;
  kind: 'baseline' | 'value' | 'autonomy-readiness';
  close: () => void;
  children: React.ReactNode;
}

function CaseForm({ agent, kind, close, children }: FormProps) {
  return (
    <ActionForm
      action={stateTheCase}
      onDone={(state) => {
        close();
        toast(state.message);
      }}
    >
      <input type="hidden" name="agent" value={agent} />
      <input type="hidden" name="kind" value={kind} />
      {children}
      <DialogActions onCancel={close} confirm="Keep as evidence" />
    </ActionForm>
  );
}

function Figure({
  name,
  label,
  value,
  source,
  max,
}: {
  name: string;
  label: string;
  value: number | undefined;
  source: string | undefined;
  max?: number;
}) {
  return (
    <div className="grid items-start gap-x-4 gap-y-2 sm:grid-cols-[9rem_minmax(0,1fr)]">
      <Input
        name={`${name}/value`}
        label={label}
        type="number"
        inputMode="decimal"
        step="any"
        min={0}
        max={max}
        required
        defaultValue={value ?? ''}
      />
      <Input
        name={`${name}/source`}
        label="Where it comes from"
        required
        maxLength={2000}
        autoComplete="off"
        defaultValue={source ?? ''}
      />
    </div>
  );
}

/** How the work is done today. `before`: what was stated last, to start from. */
export function BaselineDialog({ agent, before }: { agent: string; before: unknown }) {
  const last = baselineSchema.strip().safeParse(before).data;
  const error = last === undefined ? undefined : Number((last.errorRate.value * 100).toPrecision(12));
  return (
    <Dialog
      trigger={last === undefined ? 'State baseline' : 'State anew'}
      size="small"
      title="Baseline of today’s work"
      description="What the agent will be held against. Each figure with where it comes from."
    >
      {(close) => (
        <CaseForm agent={agent} kind="baseline" close={close}>
          <Textarea
            name="work"
            label="The work as it is done today"
            required
            maxLength={2000}
            defaultValue={last?.work ?? ''}
          />
          <Figure
            name="casesPerMonth"
            label="Cases a month"
            value={last?.casesPerMonth.value}
            source={last?.casesPerMonth.source}
          />
          <Figure
            name="minutesPerCase"
            label="Minutes for each"
            value={last?.minutesPerCase.value}
            source={last?.minutesPerCase.source}
          />
          <Figure
            name="costPerCase"
            label="US$ for each"
            value={last?.costPerCase.value}
            source={last?.costPerCase.source}
          />
          <Figure name="errorRate" label="Wrong, %" max={100} value={error} source={last?.errorRate.source} />
        </CaseForm>
      )}
    </Dialog>
  );
}

const VALUE_FIELDS = [
  { name: 'casesPerMonth', label: 'Cases a month it takes on' },
  { name: 'minutesSavedPerCase', label: 'Minutes saved on each' },
  { name: 'hourlyCost', label: 'US$ an hour of this work costs' },
  { name: 'otherPerMonth', label: 'US$ a month besides time' },
  { name: 'runningPerMonth', label: 'US$ a month it costs to run' },
] as const;
type ValueField = (typeof VALUE_FIELDS)[number]['name'];

/** What the agent would be worth; the sum is shown while one types. */
export function ValueDialog({ agent, baseline }: { agent: string; baseline: unknown }) {
  const last = baselineSchema.strip().safeParse(baseline).data;
  const [typed, setTyped] = useState<Partial<Record<ValueField, string>>>({});
  const start: Partial<Record<ValueField, number>> =
    last === undefined
      ? {}
      : {
          casesPerMonth: last.casesPerMonth.value,
          ...(last.minutesPerCase.value > 0
            ? { hourlyCost: Number(((last.costPerCase.value * 60) / last.minutesPerCase.value).toFixed(2)) }
            : {}),
        };
  const figure = (name: ValueField) => {
    const text = typed[name] ?? String(start[name] ?? '');
    return text.trim() === '' ? Number.NaN : Number(text);
  };
  const { netPerMonth, netPerYear } = valueTotals({
    casesPerMonth: figure('casesPerMonth'),
    minutesSavedPerCase: figure('minutesSavedPerCase'),
    hourlyCost: figure('hourlyCost'),
    otherPerMonth: figure('otherPerMonth'),
    runningPerMonth: figure('runningPerMonth'),
    how: '',
  });
  return (
    <Dialog
      trigger="State value"
      size="small"
      title="Expected value"
      description="Cases × minutes saved × the cost of an hour, plus what it brings besides, less what it costs to run."
      onClose={() => setTyped({})}
    >
      {(close) => (
        <CaseForm agent={agent} kind="value" close={close}>
          <div className="grid items-end gap-4 sm:grid-cols-2">
            {VALUE_FIELDS.map(({ name, label }) => (
              <Input
                key={name}
                name={name}
                label={label}
                type="number"
                inputMode="decimal"
                step="any"
                min={0}
                required
                defaultValue={start[name] ?? ''}
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setTyped((before) => ({ ...before, [name]: value }));
                }}
              />
            ))}
            <p aria-live="polite" className="text-sm">
              {Number.isFinite(netPerMonth) ? (
                <>
                  Net <strong>{formatMoney(netPerMonth)}</strong> a month, {formatMoney(netPerYear)} a year
                </>
              ) : (
                <span className="text-ink-2">The sum stands here once all five are filled in.</span>
              )}
            </p>
          </div>
          <Textarea name="how" label="How these figures were found" required maxLength={2000} />
        </CaseForm>
      )}
    </Dialog>
  );
}

/** Five questions, each with why; the stance they imply is shown while one answers. */
export function ReadinessDialog({ agent }: { agent: string }) {
  const [chosen, setChosen] = useState<Partial<Record<QuestionId, string>>>({});
  const all = READINESS_QUESTIONS.every(({ id }) => (chosen[id] ?? '') !== '');
  const readiness = all
    ? readinessOf({
        frequency: chosen.frequency ?? '',
        reversibility: chosen.reversibility ?? '',
        observability: chosen.observability ?? '',
        'policy-clarity': chosen['policy-clarity'] ?? '',
        'data-sensitivity': chosen['data-sensitivity'] ?? '',
      })
    : null;
  return (
    <Dialog
      trigger="Answer"
      size="small"
      title="Autonomy readiness"
      description="Each answer allows at most so much; the least of them is the stance."
      onClose={() => setChosen({})}
    >
      {(close) => (
        <CaseForm agent={agent} kind="autonomy-readiness" close={close}>
          {READINESS_QUESTIONS.map(({ id, title, asks, answers }) => (
            <fieldset key={id} className="grid gap-2 border-t border-line pt-3">
              <legend className="sr-only">{title}</legend>
              <Select
                name={`${id}/answer`}
                label={`${title}: ${asks}`}
                required
                defaultValue=""
                onChange={(event) => {
                  const { value } = event.currentTarget;
                  setChosen((before) => ({ ...before, [id]: value }));
                }}
              >
                <option value="" disabled>
                  Choose
                </option>
                {answers.map((answer) => (
                  <option key={answer.id} value={answer.id}>
                    {answer.label}
                  </option>
                ))}
              </Select>
              <Input name={`${id}/why`} label="Why" required maxLength={2000} autoComplete="off" />
            </fieldset>
          ))}
          <p aria-live="polite" className="rounded-md bg-sunk px-3 py-2 text-sm">
            {readiness === null ? (
              <span className="text-ink-2">The stance stands here once all five are answered.</span>
            ) : (
              <>
                Implies <strong>{STANCE_WORDS[readiness.stance].title.toLowerCase()}</strong>:{' '}
                {STANCE_WORDS[readiness.stance].means}.
              </>
            )}
          </p>
        </CaseForm>
      )}
    </Dialog>
  );
}

'use client';

import { useRouter } from 'next/navigation';
import { type RefObject, useEffect, useRef } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { ReasonDialog } from '@/components/ui/dialog';
import { Input, Textarea } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import type { BlindRun } from '@/lib/services/expert-reviews/get-blind-run';
import { rateAction, skipAction } from './actions';
import { CRITERION } from './field-names';

/** One run's rating: every criterion, whether the outcome was right, and a note. Y, N and S work anywhere on the page. */
export function RatingForm({ run }: { run: BlindRun }) {
  const router = useRouter();
  const seconds = useVisibleSeconds();
  const box = useRef<HTMLDivElement>(null);
  useShortcuts(box);
  const next = () => router.replace('/review/expert');
  return (
    <div ref={box} className="grid gap-4">
      <ActionForm
        action={rateAction}
        onDone={(state) => {
          toast(state.message);
          next();
        }}
      >
        <input type="hidden" name="reviewId" value={run.id} />
        <input ref={seconds} type="hidden" name="seconds" defaultValue="0" />
        {run.criteria.map((criterion) => (
          <CriterionField key={criterion.id} criterion={criterion} />
        ))}
        <Choice
          name="correct"
          legend="Was the outcome right?"
          options={[
            { value: 'yes', label: 'Yes', keys: 'Y' },
            { value: 'no', label: 'No', keys: 'N' },
          ]}
        />
        <Textarea
          name="note"
          label="Note"
          hint="Say what was wrong, where it was. Kept with your name."
          maxLength={2000}
        />
        <div className="flex flex-wrap items-center gap-2">
          <SubmitButton>Save rating</SubmitButton>
        </div>
      </ActionForm>
      <div className="border-t border-line pt-3" data-skip>
        <ReasonDialog
          trigger="Pass on"
          title="Pass this run on"
          consequence="It leaves your queue and stays in everybody else’s. Runs that nobody rates are shown beside the bound on wrong silent runs."
          confirm="Pass on"
          tone="default"
          size="small"
          reasonHint="For example: not your subject. Kept in the audit log with your name."
          action={skipAction}
          fields={<input type="hidden" name="reviewId" value={run.id} />}
          onDone={next}
        />
      </div>
      <p className="text-xs text-ink-3 max-md:hidden">
        Keys: <kbd>Y</kbd> or <kbd>N</kbd> for the outcome, <kbd>S</kbd> to pass on, <kbd>Ctrl</kbd>+
        <kbd>Enter</kbd> to save.
      </p>
    </div>
  );
}

function CriterionField({ criterion }: { criterion: BlindRun['criteria'][number] }) {
  const { id, statement, unit, scale } = criterion;
  const name = `${CRITERION}${id}`;
  switch (scale.kind) {
    case 'yes-no':
      return (
        <Choice
          name={name}
          legend={statement}
          hint="Does this hold of this run?"
          options={[
            { value: String(scale.yes), label: 'Yes' },
            { value: String(scale.no), label: 'No' },
          ]}
        />
      );
    case 'points':
      return (
        <Choice
          name={name}
          legend={statement}
          hint={`${scale.from} is worst, ${scale.to} is best.`}
          options={Array.from({ length: scale.to - scale.from + 1 }, (_, at) => ({
            value: String(scale.from + at),
            label: String(scale.from + at),
          }))}
        />
      );
    case 'percent':
      return (
        <Input
          name={name}
          label={statement}
          hint="For this run, from 0 to 100%."
          type="number"
          min={0}
          max={100}
          step="any"
          inputMode="decimal"
          className="max-w-28"
          required
        />
      );
    case 'number':
      return (
        <Input
          name={name}
          label={statement}
          {...(unit === null ? {} : { hint: `In ${unit}.` })}
          type="number"
          step="any"
          inputMode="decimal"
          className="max-w-40"
          required
        />
      );
  }
}

function Choice({
  name,
  legend,
  hint,
  options,
}: {
  name: string;
  legend: string;
  hint?: string;
  options: readonly { value: string; label: string; keys?: string }[];
}) {
  return (
    <fieldset className="grid gap-1.5">
      <legend className="text-sm font-medium">{legend}</legend>
      {hint === undefined ? null : <p className="text-sm text-ink-2">{hint}</p>}
      <div className="flex flex-wrap gap-2">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md border border-line-strong px-3 py-1 has-checked:border-accent has-checked:bg-accent-soft"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              required
              data-key={option.keys?.toLowerCase()}
              className="size-4 accent-(--accent)"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Counts the seconds that the page is before somebody's eyes into the field, for as long as it is there. */
function useVisibleSeconds() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && field.current !== null)
        field.current.value = String(Number(field.current.value) + 1);
    }, 1000);
    return () => clearInterval(timer);
  }, []);
  return field;
}

function useShortcuts(box: RefObject<HTMLDivElement | null>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const here = box.current;
      if (here === null || document.querySelector('[role="dialog"]') !== null) return;
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        here.querySelector('form')?.requestSubmit();
        return;
      }
      const from = event.target;
      const typing =
        from instanceof HTMLElement &&
        from.matches('textarea, select, input:not([type="radio"]), [contenteditable]');
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.toLowerCase();
      if (key === 's') {
        event.preventDefault();
        here.querySelector<HTMLElement>('[data-skip] button')?.click();
      }
      const choice = here.querySelector<HTMLInputElement>(`input[data-key="${CSS.escape(key)}"]`);
      if (choice === null) return;
      event.preventDefault();
      choice.click();
      choice.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [box]);
}

'use client';

import { ActionForm } from '@/components/ui/action-form';
import { Select } from '@/components/ui/field';
import { SubmitButton } from '@/components/ui/submit-button';
import { toast } from '@/components/ui/toast';
import { cancel, start } from './actions';

const DAYS = [7, 30, 90] as const;

/** Begins a backtest over so many days. */
export function StartBacktest({
  agent,
  of,
  again = false,
}: {
  agent: string;
  of: { version: number } | { draft: string };
  again?: boolean;
}) {
  return (
    <ActionForm
      action={start}
      onDone={(state) => toast(state.message)}
      className="flex flex-wrap items-center gap-2"
    >
      <input type="hidden" name="agent" value={agent} />
      {'version' in of ? (
        <input type="hidden" name="version" value={of.version} />
      ) : (
        <input type="hidden" name="draft" value={of.draft} />
      )}
      <Select name="days" label="Runs of the last" labelHidden defaultValue={30} className="w-auto!">
        {DAYS.map((days) => (
          <option key={days} value={days}>
            {days} days
          </option>
        ))}
      </Select>
      <SubmitButton variant={again ? 'default' : 'primary'}>
        {again ? 'Run again' : 'Run backtest'}
      </SubmitButton>
    </ActionForm>
  );
}

export function CancelBacktest({ id }: { id: string }) {
  return (
    <ActionForm action={cancel} onDone={(state) => toast(state.message)} className="contents">
      <input type="hidden" name="id" value={id} />
      <SubmitButton variant="default">Cancel</SubmitButton>
    </ActionForm>
  );
}

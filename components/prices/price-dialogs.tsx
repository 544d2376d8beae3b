'use client';

import type { ReactNode } from 'react';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions, ReasonDialog } from '@/components/ui/dialog';
import { Input } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { enter, remove } from './actions';

export interface PriceDraft {
  model: string;
  inputUsd: number;
  outputUsd: number;
  cachedInputUsd: number | null;
}

/** A price of one's own, empty or starting from an existing one. `today` is a day in UTC. */
export function EnterPrice({
  today,
  draft,
  trigger,
  small = false,
}: {
  today: string;
  draft?: Partial<PriceDraft>;
  trigger: ReactNode;
  small?: boolean;
}) {
  return (
    <Dialog
      trigger={trigger}
      variant={small ? 'default' : 'primary'}
      size={small ? 'small' : 'normal'}
      title={draft?.model === undefined ? 'Enter a price' : `Price of ${draft.model}`}
      description="US dollars per million tokens. Runs are calculated as they arrive: earlier ones keep what they have."
    >
      {(close) => (
        <ActionForm
          action={enter}
          onDone={(state) => {
            close();
            toast(state.message);
          }}
        >
          <Input
            name="model"
            label="Model"
            hint="As telemetry names it; dated releases of it follow its price."
            required
            defaultValue={draft?.model ?? ''}
            readOnly={draft?.model !== undefined}
            autoComplete="off"
            maxLength={200}
          />
          <div className="grid gap-4 sm:grid-cols-3">
            <Input
              name="inputUsd"
              label="Input"
              type="number"
              inputMode="decimal"
              step="any"
              min={0}
              required
              defaultValue={draft?.inputUsd ?? ''}
            />
            <Input
              name="cachedInputUsd"
              label="Cached input"
              type="number"
              inputMode="decimal"
              step="any"
              min={0}
              defaultValue={draft?.cachedInputUsd ?? ''}
            />
            <Input
              name="outputUsd"
              label="Output"
              type="number"
              inputMode="decimal"
              step="any"
              min={0}
              required
              defaultValue={draft?.outputUsd ?? ''}
            />
          </div>
          <Input
            name="effectiveFrom"
            label="From"
            type="date"
            hint="From midnight UTC. Your prices go before the shipped ones; of two of yours the later one counts."
            required
            defaultValue={today}
          />
          <Input
            name="source"
            label="Source"
            hint="Where the figure comes from: your contract, an invoice, a price page and its date."
            required
            maxLength={500}
          />
          <DialogActions onCancel={close} confirm="Enter price" />
        </ActionForm>
      )}
    </Dialog>
  );
}

export function RemovePrice({ id, model }: { id: string; model: string }) {
  return (
    <ReasonDialog
      trigger={
        <>
          Remove<span className="sr-only"> the price of {model}</span>
        </>
      }
      size="small"
      title={`Remove your price of ${model}`}
      consequence="Runs from now on are calculated with the price before it, or are counted as unpriced. What was calculated stays."
      confirm="Remove price"
      action={remove}
      fields={<input type="hidden" name="id" value={id} />}
    />
  );
}

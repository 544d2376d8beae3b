'use client';

import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { useEdit, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { Measured } from './text-fields';
import { numberOf, textOf } from './typed-text';

const RULES = [
  ['sum', 'The sum of its spans'],
  ['max', 'That of its riskiest span'],
  ['capped', 'That of its riskiest span, and a share of it for all others'],
] as const;

/** How a run's risk comes from its spans. */
export function AggregateField({ field, path }: FieldProps<FieldOf<'aggregate'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const value = useValue(path);
  const rule = isGroup(value) ? textOf(value.rule) : '';
  return (
    <FieldFrame field={field} frame={frame} wide>
      <div className="flex flex-wrap items-center gap-2">
        <select
          id={frame.id}
          {...frame.aria}
          value={rule}
          disabled={!mayWrite}
          onChange={(event) => {
            const { value: chosen } = event.currentTarget;
            edit([
              {
                op: 'set',
                path,
                value: chosen === 'capped' ? { rule: chosen, share: 0.5 } : { rule: chosen },
              },
            ]);
          }}
          className={`${CONTROL} max-w-110 pl-1.5!`}
        >
          {rule === '' ? <option value="">Not set</option> : null}
          {RULES.map(([each, label]) => (
            <option key={each} value={each}>
              {label}
            </option>
          ))}
        </select>
        {rule === 'capped' ? (
          <Measured unit="of it, from 0 to 1">
            <input
              type="text"
              inputMode="decimal"
              aria-label="Share of the riskiest span that is added for all others"
              defaultValue={isGroup(value) ? textOf(value.share) : ''}
              readOnly={!mayWrite}
              onChange={(event) => {
                const text = event.currentTarget.value.trim();
                edit(
                  [{ op: 'set', path: [...path, 'share'], value: numberOf(text) ?? text }],
                  `${path.join('/')}/share`,
                );
              }}
              className={`${CONTROL} max-w-24`}
            />
          </Measured>
        ) : null}
      </div>
    </FieldFrame>
  );
}

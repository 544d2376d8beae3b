'use client';

import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { BANDS } from '@/lib/contract/schema';
import { useEdit, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { Measured } from './text-fields';
import { numberOf, textOf } from './typed-text';

/** Each cause by the key that only it has, with what it starts as. */
const CAUSES = [
  ['breaches', 'Breaches add up', { breaches: 3, withinDays: 7 }],
  ['unknownTools', 'It uses tools the contract does not know', { unknownTools: 1, withinDays: 7 }],
  ['attestationOverdueDays', 'Its attestation is overdue', { attestationOverdueDays: 14 }],
] as const;
const FIGURES = [
  ['breaches', 'Number of breaches', 'breaches'],
  ['unknownTools', 'Number of unknown tools', 'tools'],
  ['withinDays', 'Within how many days', 'days'],
  ['attestationOverdueDays', 'Days the attestation is overdue', 'days'],
] as const;

/** What sets off a step of the ladder: one of three causes, each with its own figures. */
export function TriggerField({ field, path }: FieldProps<FieldOf<'trigger'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const value = useValue(path);
  const cause = CAUSES.find(([key]) => isGroup(value) && key in value)?.[0] ?? '';
  return (
    <FieldFrame field={field} frame={frame} wide>
      <div className="flex flex-wrap items-center gap-2">
        <select
          id={frame.id}
          {...frame.aria}
          value={cause}
          disabled={!mayWrite}
          onChange={(event) => {
            const chosen = CAUSES.find(([key]) => key === event.currentTarget.value);
            if (chosen !== undefined) edit([{ op: 'set', path, value: { ...chosen[2] } }]);
          }}
          className={`${CONTROL} max-w-110 pl-1.5!`}
        >
          {cause === '' ? <option value="">Not set</option> : null}
          {CAUSES.map(([key, label]) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
        {FIGURES.map(([key, label, unit]) =>
          isGroup(value) && key in value ? (
            <Measured key={`${cause}/${key}`} unit={unit}>
              <input
                type="text"
                inputMode="decimal"
                aria-label={label}
                defaultValue={textOf(value[key])}
                readOnly={!mayWrite}
                onChange={(event) => {
                  const text = event.currentTarget.value.trim();
                  edit(
                    [{ op: 'set', path: [...path, key], value: numberOf(text) ?? text }],
                    `${path.join('/')}/${key}`,
                  );
                }}
                className={`${CONTROL} max-w-20`}
              />
            </Measured>
          ) : null,
        )}
        {cause === 'breaches' ? (
          <select
            aria-label="Of which severity"
            value={isGroup(value) ? textOf(value.severity) : ''}
            disabled={!mayWrite}
            onChange={(event) => {
              const { value: chosen } = event.currentTarget;
              edit([
                chosen === ''
                  ? { op: 'remove', path: [...path, 'severity'] }
                  : { op: 'set', path: [...path, 'severity'], value: chosen },
              ]);
            }}
            className={`${CONTROL} max-w-60 pl-1.5!`}
          >
            <option value="">of any severity</option>
            {BANDS.map((band) => (
              <option key={band} value={band}>
                {band === 'critical' ? 'critical' : `${band} or worse`}
              </option>
            ))}
          </select>
        ) : null}
      </div>
    </FieldFrame>
  );
}

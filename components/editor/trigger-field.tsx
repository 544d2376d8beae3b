'use client';

import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { BANDS } from '@/lib/contract/schema';
import { useEdit, useValue } from './editor-context';
import { FieldFrame, type FieldProps, useFrame } from './field-frame';
import { Choice, Figure } from './part-controls';
import { Measured } from './text-fields';
import { textOf } from './typed-text';

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

const SEVERITIES = [
  ['', 'of any severity'] as const,
  ...BANDS.map((band) => [band, band === 'critical' ? 'critical' : `${band} or worse`] as const),
];

/** What sets off a step of the ladder: one of three causes, each with its own figures. */
export function TriggerField({ field, path }: FieldProps<FieldOf<'trigger'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const value = useValue(path);
  const cause = CAUSES.find(([key]) => isGroup(value) && key in value)?.[0] ?? '';
  return (
    <FieldFrame field={field} frame={frame} wide>
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          naming={{ id: frame.id, ...frame.aria }}
          value={cause}
          options={CAUSES.map(([key, label]) => [key, label])}
          width="max-w-110"
          onChoose={(chosen) => {
            const starts = CAUSES.find(([key]) => key === chosen)?.[2];
            if (starts !== undefined) edit([{ op: 'set', path, value: { ...starts } }]);
          }}
        />
        {FIGURES.map(([key, label, unit]) =>
          isGroup(value) && key in value ? (
            <Measured key={`${cause}/${key}`} unit={unit}>
              <Figure
                naming={{ 'aria-label': label }}
                path={[...path, key]}
                value={value[key]}
                width="max-w-20"
                required
              />
            </Measured>
          ) : null,
        )}
        {cause === 'breaches' ? (
          <Choice
            naming={{ 'aria-label': 'Of which severity' }}
            value={isGroup(value) ? textOf(value.severity) : ''}
            options={SEVERITIES}
            width="max-w-60"
            onChoose={(chosen) =>
              edit([
                chosen === ''
                  ? { op: 'remove', path: [...path, 'severity'] }
                  : { op: 'set', path: [...path, 'severity'], value: chosen },
              ])
            }
          />
        ) : null}
      </div>
    </FieldFrame>
  );
}

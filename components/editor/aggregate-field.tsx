'use client';

import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { useEdit, useValue } from './editor-context';
import { FieldFrame, type FieldProps, useFrame } from './field-frame';
import { Choice, Figure } from './part-controls';
import { Measured } from './text-fields';
import { textOf } from './typed-text';

const RULES = [
  ['sum', 'The sum of its spans'],
  ['max', 'That of its riskiest span'],
  ['capped', 'That of its riskiest span, and a share of it for all others'],
] as const;

/** How a run's risk comes from its spans. */
export function AggregateField({ field, path }: FieldProps<FieldOf<'aggregate'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const value = useValue(path);
  const rule = isGroup(value) ? textOf(value.rule) : '';
  return (
    <FieldFrame field={field} frame={frame} wide>
      <div className="flex flex-wrap items-center gap-2">
        <Choice
          naming={{ id: frame.id, ...frame.aria }}
          value={rule}
          options={RULES}
          width="max-w-110"
          onChoose={(chosen) =>
            edit([
              {
                op: 'set',
                path,
                value: chosen === 'capped' ? { rule: chosen, share: 0.5 } : { rule: chosen },
              },
            ])
          }
        />
        {rule === 'capped' ? (
          <Measured unit="of it, from 0 to 1">
            <Figure
              naming={{ 'aria-label': 'Share of the riskiest span that is added for all others' }}
              path={[...path, 'share']}
              value={isGroup(value) ? value.share : undefined}
              width="max-w-24"
            />
          </Measured>
        ) : null}
      </div>
    </FieldFrame>
  );
}

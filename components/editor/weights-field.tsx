'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { CATEGORIES, categoryTitle } from '@/lib/contract/categories';
import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { fieldValue } from './draft-store';
import { useEdit, useMayWrite, useSame } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { NumberField } from './text-fields';
import { plainText } from './typed-text';

/** Data categories with their weights; one that is known starts with a usual weight. */
export function WeightsField({ field, path }: FieldProps<FieldOf<'weights'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const [typed, setTyped] = useState('');
  const names = useSame((view) => {
    const value = fieldValue(view, path);
    return isGroup(value) ? Object.keys(value) : [];
  });
  const wanted = typed.trim();
  const wrong =
    wanted === ''
      ? undefined
      : names.includes(wanted)
        ? 'This category has a weight already.'
        : /^[a-z0-9][a-z0-9-]*$/.test(wanted)
          ? undefined
          : 'Use lower-case letters, digits and hyphens.';
  function add() {
    if (wanted === '' || wrong !== undefined) return;
    const weight = CATEGORIES.find((each) => each.slug === wanted)?.weight ?? 1;
    edit([{ op: 'set', path: [...path, wanted], value: weight }]);
    setTyped('');
  }
  return (
    <FieldFrame field={field} frame={frame} label="legend" wide>
      <ul
        aria-label={field.label}
        className="grid gap-x-5 gap-y-2 py-1 empty:hidden sm:grid-cols-2 lg:grid-cols-3"
      >
        {names.map((name) => (
          <li key={name} className="flex items-end gap-2">
            <NumberField
              field={{
                kind: 'number',
                whole: false,
                key: name,
                pattern: 'risk/categories/*',
                label: categoryTitle(name),
                required: true,
                min: 0,
                max: 10,
              }}
              path={[...path, name]}
            />
            {mayWrite ? (
              <Button
                variant="link"
                className="mb-2 text-sm! text-ink-2!"
                aria-label={`Remove the weight of ${categoryTitle(name)}`}
                onClick={() => edit([{ op: 'remove', path: [...path, name] }])}
              >
                Remove
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {mayWrite ? (
        <div className="grid gap-1">
          <div className="flex items-center gap-2">
            <input
              id={frame.id}
              type="text"
              aria-label="Data category to add"
              list="offers-category"
              placeholder="data category"
              value={typed}
              aria-invalid={wrong !== undefined}
              aria-describedby={`${frame.id}-add`}
              onChange={(event) => setTyped(plainText(event.currentTarget.value))}
              onKeyDown={(event) => {
                if (event.key !== 'Enter') return;
                event.preventDefault();
                add();
              }}
              className={`${CONTROL} code max-w-60`}
            />
            <Button size="small" onClick={add} disabled={wanted === '' || wrong !== undefined}>
              Add weight
            </Button>
          </div>
          <p id={`${frame.id}-add`} className="text-sm text-critical empty:hidden">
            {wrong}
          </p>
        </div>
      ) : null}
    </FieldFrame>
  );
}

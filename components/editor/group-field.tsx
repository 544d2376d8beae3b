'use client';

import type { ComponentType } from 'react';
import { Button } from '@/components/ui/button';
import type { Path } from '@/lib/contract/edit-value';
import type { Field, FieldOf } from '@/lib/contract/form-model';
import { useEdit, useMayWrite, useValue } from './editor-context';
import { FieldFrame, type FieldProps, useFrame } from './field-frame';

export type Control = ComponentType<{ field: Field; path: Path }>;

/** Fields that belong together; one that may be left out is begun and taken away as a whole. */
export function GroupField({ field, path, Control }: FieldProps<FieldOf<'group'>> & { Control: Control }) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const there = useValue(path) !== undefined;
  // Fields of a group with a meaning of its own when empty are simply there.
  const optional = !field.required && field.fallback === undefined;
  return (
    <FieldFrame
      field={{ ...field, required: !optional }}
      frame={frame}
      label="legend"
      wide
      beside={
        optional && mayWrite ? (
          <Button
            variant="link"
            className="text-sm!"
            onClick={() => edit([there ? { op: 'remove', path } : { op: 'set', path, value: {} }])}
          >
            {there ? `Remove ${field.label.toLowerCase()}` : `Add ${field.label.toLowerCase()}`}
          </Button>
        ) : null
      }
    >
      {optional && !there ? null : (
        <div
          className={`grid gap-x-5 gap-y-3 border-l border-line py-1 pl-3.5 ${threeFit(field.fields) ? 'sm:grid-cols-3' : 'md:grid-cols-2'}`}
        >
          {field.fields.map((inner) => (
            <Control key={inner.key} field={inner} path={[...path, inner.key]} />
          ))}
        </div>
      )}
    </FieldFrame>
  );
}

/** Three figures or choices of a kind stand in a line. */
function threeFit(fields: readonly Field[]): boolean {
  return fields.length === 3 && fields.every((field) => field.kind === 'number' || field.kind === 'choice');
}

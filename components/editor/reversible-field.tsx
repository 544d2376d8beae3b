'use client';

import { isGroup } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { useEdit, useMayWrite, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, useFrame } from './field-frame';
import { plainText, textOf } from './typed-text';

/** Whether what a tool did can be undone: not, by itself, or by another tool until some time. */
export function ReversibleField({ field, path }: FieldProps<FieldOf<'reversible'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const value = useValue(path);
  const by = isGroup(value) ? textOf(value.by) : '';
  const within = isGroup(value) ? textOf(value.within) : '';
  const how = isGroup(value) ? 'by' : value === true ? 'yes' : 'no';
  const write = (next: { by: string; within: string }) =>
    edit(
      [{ op: 'set', path, value: { by: next.by, ...(next.within === '' ? {} : { within: next.within }) } }],
      path.join('/'),
    );
  return (
    <FieldFrame field={field} frame={frame}>
      <select
        id={frame.id}
        {...frame.aria}
        value={how}
        disabled={!mayWrite}
        onChange={(event) => {
          const { value: chosen } = event.currentTarget;
          if (chosen === 'by') write({ by: '', within: '' });
          else edit([chosen === 'yes' ? { op: 'set', path, value: true } : { op: 'remove', path }]);
        }}
        className={`${CONTROL} pl-1.5!`}
      >
        <option value="no">No</option>
        <option value="yes">Yes, by itself</option>
        <option value="by">By another tool</option>
      </select>
      {how === 'by' ? (
        <div className="grid grid-cols-2 gap-2">
          <input
            type="text"
            aria-label="The tool that undoes it"
            placeholder="tool"
            list="offers-tool"
            value={by}
            readOnly={!mayWrite}
            onChange={(event) => write({ by: plainText(event.currentTarget.value).trim(), within })}
            className={`${CONTROL} code`}
          />
          <input
            type="text"
            aria-label="Until when it works"
            placeholder="until when, e.g. 24 h"
            value={within}
            readOnly={!mayWrite}
            onChange={(event) => write({ by, within: plainText(event.currentTarget.value) })}
            className={CONTROL}
          />
        </div>
      ) : null}
    </FieldFrame>
  );
}

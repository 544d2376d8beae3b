'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { isGroup, valueAt } from '@/lib/contract/edit-value';
import type { FieldOf } from '@/lib/contract/form-model';
import { useDraft, useEdit, useMayWrite, useSame, useValue } from './editor-context';
import { CONTROL, FieldFrame, type FieldProps, IssueLine, useFrame } from './field-frame';
import { numberOf, plainText, scalarOf, textOf } from './typed-text';

const OPERATORS = [
  ['<', 'is below'],
  ['<=', 'is at most'],
  ['>', 'is above'],
  ['>=', 'is at least'],
  ['=', 'is'],
  ['!=', 'is not'],
  ['in', 'is one of'],
  ['not-in', 'is none of'],
  ['present', 'is given'],
  ['absent', 'is not given'],
] as const;

/** Conditions of a rule, which hold together: what is tested, how, and against what. */
export function ConditionsField({ field, path }: FieldProps<FieldOf<'conditions'>>) {
  const frame = useFrame({ field, path });
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const value = useValue(path);
  const conditions: readonly unknown[] = Array.isArray(value) ? value : [];
  // An argument that the rule's own tools take is offered first.
  const fields = useSame((view) => {
    const tools = valueAt(view.document, ['tools']);
    const own = valueAt(view.document, [...path.slice(0, -1), 'tools']);
    if (!isGroup(tools)) return [];
    const names = Array.isArray(own) && own.length > 0 ? own.map(textOf) : Object.keys(tools);
    return [
      ...new Set(
        names.flatMap((name) => {
          const properties = valueAt(tools, [name, 'arguments', 'properties']);
          return isGroup(properties) ? Object.keys(properties).map((key) => `arg.${key}`) : [];
        }),
      ),
    ].slice(0, 100);
  });
  const add = () => {
    const item = { field: fields[0] ?? 'arg.amount', op: '>', value: 0 };
    edit([
      conditions.length === 0
        ? { op: 'set', path, value: [item] }
        : { op: 'insert', path, index: conditions.length, value: item },
    ]);
  };
  return (
    <FieldFrame
      field={field}
      frame={frame}
      label="legend"
      wide
      beside={
        mayWrite ? (
          <Button size="small" onClick={add}>
            Add condition
          </Button>
        ) : null
      }
    >
      <datalist id={`${frame.id}-fields`}>
        {fields.map((each) => (
          <option key={each} value={each} />
        ))}
        <option value="category" label="a data category the call touches" />
        <option value="action" label="the action class of the tool" />
        <option value="tool" label="the tool's name" />
      </datalist>
      <ul className="grid gap-2 empty:hidden">
        {conditions.map((condition, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a condition has no name but its place
          <li key={index}>
            <Condition
              condition={condition}
              path={[...path, index]}
              clause={`${frame.clause}/${index}`}
              fields={`${frame.id}-fields`}
              number={index + 1}
            />
          </li>
        ))}
      </ul>
      {conditions.length === 0 ? <p className="text-sm text-ink-2">Always.</p> : null}
    </FieldFrame>
  );
}

function Condition({
  condition,
  path,
  clause,
  fields,
  number,
}: {
  condition: unknown;
  path: FieldProps['path'];
  clause: string;
  fields: string;
  number: number;
}) {
  const edit = useEdit();
  const mayWrite = useMayWrite();
  const issue = useDraft((view) =>
    view.reading.issues.find((each) => each.path === clause || each.path.startsWith(`${clause}/`)),
  );
  const parts = isGroup(condition) ? condition : {};
  const op = textOf(parts.op);
  const tested = textOf(parts.field);
  const many = op === 'in' || op === 'not-in';
  const shown = many && Array.isArray(parts.value) ? parts.value.map(textOf).join(', ') : textOf(parts.value);

  function change(to: { field?: string; op?: string; value?: string }) {
    const nextOp = to.op ?? op;
    const text = to.value ?? shown;
    const next: Record<string, unknown> = { field: to.field ?? tested, op: nextOp };
    if (nextOp === 'in' || nextOp === 'not-in')
      next.value = text
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '')
        .map(scalarOf);
    else if (nextOp === '=' || nextOp === '!=') next.value = scalarOf(text);
    else if (nextOp !== 'present' && nextOp !== 'absent') next.value = numberOf(text) ?? text;
    edit([{ op: 'set', path, value: next }], path.join('/'));
  }

  return (
    <div className="grid gap-1">
      <div className="flex flex-wrap items-center gap-2">
        <input
          type="text"
          aria-label={`Condition ${number}: what is tested`}
          list={fields}
          value={tested}
          readOnly={!mayWrite}
          onChange={(event) => change({ field: plainText(event.currentTarget.value).trim() })}
          className={`${CONTROL} code max-w-52`}
        />
        <select
          aria-label={`Condition ${number}: how`}
          value={op}
          disabled={!mayWrite}
          onChange={(event) => change({ op: event.currentTarget.value })}
          className={`${CONTROL} max-w-36 pl-1.5!`}
        >
          {OPERATORS.some(([value]) => value === op) ? null : (
            <option value={op}>{op} (not known here)</option>
          )}
          {OPERATORS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        {op === 'present' || op === 'absent' ? null : (
          <ConditionValue
            key={op}
            label={`Condition ${number}: against what`}
            shown={shown}
            offersCategories={tested === 'category'}
            many={many}
            readOnly={!mayWrite}
            onValue={(value) => change({ value })}
          />
        )}
        {mayWrite ? (
          <Button
            variant="link"
            className="text-sm! text-ink-2!"
            aria-label={`Remove condition ${number}`}
            onClick={() => edit([{ op: 'remove', path }])}
          >
            Remove
          </Button>
        ) : null}
      </div>
      {issue === undefined ? null : <IssueLine issue={issue} />}
    </div>
  );
}

/** Keeps what is typed as it is typed: "a, " is on the way to two, "1.0" to 1.05. */
function ConditionValue({
  label,
  shown,
  offersCategories,
  many,
  readOnly,
  onValue,
}: {
  label: string;
  shown: string;
  offersCategories: boolean;
  many: boolean;
  readOnly: boolean;
  onValue: (text: string) => void;
}) {
  const [typed, setTyped] = useState(shown);
  const says = many ? itemsOf : (text: string) => String(numberOf(text.trim()) ?? text);
  return (
    <input
      type="text"
      aria-label={label}
      dir="auto"
      {...(offersCategories && !many ? { list: 'offers-category' } : {})}
      value={says(typed) === says(shown) ? typed : shown}
      placeholder={many ? 'several, with commas' : ''}
      readOnly={readOnly}
      onChange={(event) => {
        const text = plainText(event.currentTarget.value);
        setTyped(text);
        onValue(text);
      }}
      className={`${CONTROL} max-w-52`}
    />
  );
}

/** What a list says, whatever spaces and commas it is typed with. */
function itemsOf(text: string): string {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .join(',');
}

'use client';

import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { ClauseThreads } from '@/components/comments/clause-threads';
import { RelativeTime } from '@/components/ui/relative-time';
import type { Path } from '@/lib/contract/edit-value';
import type { Field } from '@/lib/contract/form-model';
import type { Issue } from '@/lib/errors';
import { useClause, useEditor, useIssues, useMark } from './editor-context';
import { InheritedMark } from './inherited';

export interface FieldProps<F extends Field = Field> {
  field: F;
  path: Path;
}

export interface Framed {
  id: string;
  path: Path;
  clause: string;
  issue: Issue | undefined;
  aria: { 'aria-invalid': boolean; 'aria-describedby'?: string };
}

/** What every field has: its clause, what is wrong there, and the ids that tie them together. */
export function useFrame({ field, path }: FieldProps): Framed {
  const id = useId();
  const clause = useClause(path);
  const issue = useIssues(clause)[0];
  const described = [
    ...(field.hint === undefined ? [] : [`${id}-hint`]),
    ...(issue === undefined ? [] : [`${id}-issue`]),
  ].join(' ');
  return {
    id,
    path,
    clause,
    issue,
    aria: {
      'aria-invalid': issue !== undefined && issue.missing !== true,
      ...(described === '' ? {} : { 'aria-describedby': described }),
    },
  };
}

/** Label, control, hint, what is wrong, who else changed it, and the talk about it. */
export function FieldFrame({
  field,
  frame,
  children,
  label = 'label',
  wide = false,
  beside,
}: {
  field: Field;
  frame: Framed;
  children: ReactNode;
  /** `legend` where the field is several controls. */
  label?: 'label' | 'legend';
  wide?: boolean;
  beside?: ReactNode;
}) {
  const { draftId, target, at, threads } = useEditor();
  const [commenting, setCommenting] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  const { id, clause, issue } = frame;
  const reached = target !== null && (target.clause === clause || target.clause.startsWith(`${clause}/`));

  // biome-ignore lint/correctness/useExhaustiveDependencies: each jump is one, also to the same place
  useEffect(() => {
    if (!reached || box.current === null) return;
    // A deeper field takes the jump when there is one.
    if (target?.clause !== clause && box.current.querySelector('[data-clause]') !== null) return;
    box.current.scrollIntoView({ block: 'center' });
    const control =
      box.current.querySelector<HTMLElement>('input, select, textarea') ??
      box.current.querySelector<HTMLElement>('button');
    control?.focus({ preventScroll: true });
  }, [target]);

  const hint =
    field.hint === undefined ? null : (
      <p id={`${id}-hint`} className="text-sm text-ink-2">
        {field.hint}
      </p>
    );
  const title = (
    <>
      {field.label}
      {field.required ? null : <span className="font-normal text-ink-3"> optional</span>}
    </>
  );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: notes where one writes, does nothing by it
    <div
      ref={box}
      data-clause={clause}
      onFocus={() => at(clause)}
      {...(label === 'legend' ? { role: 'group', 'aria-labelledby': `${id}-label` } : {})}
      className={`grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-1 ${wide ? 'md:col-span-2' : ''}`}
    >
      <div className="relative flex min-w-0 flex-wrap items-baseline gap-x-3">
        {label === 'label' ? (
          <label htmlFor={id} className="text-sm font-medium">
            {title}
          </label>
        ) : (
          <span id={`${id}-label`} className="text-sm font-medium">
            {title}
          </span>
        )}
        {label === 'label' ? (
          <>
            <InheritedMark clause={clause} path={frame.path} />
            {beside}
            <CommentButton clause={clause} overlaid onStart={() => setCommenting(true)} />
          </>
        ) : (
          <>
            <CommentButton clause={clause} onStart={() => setCommenting(true)} />
            <span className="flex-1" />
            <InheritedMark clause={clause} path={frame.path} />
            {beside}
          </>
        )}
      </div>
      {label === 'legend' ? hint : null}
      {children}
      {label === 'label' ? hint : null}
      {issue === undefined ? null : <IssueLine id={`${id}-issue`} issue={issue} />}
      <ChangedBy clause={clause} />
      {commenting || threads.has(clause) ? (
        <ClauseThreads
          key={commenting ? 'writing' : 'reading'}
          subject={{ kind: 'draft', id: draftId }}
          clause={clause}
          startsWriting={commenting}
        />
      ) : null}
    </div>
  );
}

/** Begins a conversation about a clause; shows itself where the pointer or the focus is, at the end of the line. */
function CommentButton({
  clause,
  overlaid = false,
  onStart,
}: {
  clause: string;
  /** Takes no room of its own, so that no label wraps for what is not seen. */
  overlaid?: boolean;
  onStart: () => void;
}) {
  return (
    <button
      type="button"
      onClick={onStart}
      className={`rounded-sm bg-ground text-xs text-ink-3 underline decoration-line-strong underline-offset-3 hover:text-ink focus-visible:opacity-100 [@media(hover:hover)]:opacity-0 [[data-clause]:focus-within>div>&]:opacity-100! [[data-clause]:hover>div>&]:opacity-100! ${overlaid ? '[@media(hover:hover)]:absolute [@media(hover:hover)]:top-px [@media(hover:hover)]:right-0 [@media(hover:hover)]:pl-2' : ''}`}
    >
      Comment<span className="sr-only"> on {clause}</span>
    </button>
  );
}

/** What is wrong, and what would be right; what is only missing is said more quietly. */
export function IssueLine({ id, issue }: { id?: string; issue: Issue }) {
  const expected = issue.expected === undefined ? '' : ` Expected ${issue.expected}.`;
  return (
    <p
      {...(id === undefined ? {} : { id })}
      className={`text-sm ${issue.missing === true ? 'text-medium' : 'text-critical'}`}
    >
      {issue.missing === true ? 'Still to be written.' : `${issue.message}${expected}`}
    </p>
  );
}

export function ChangedBy({ clause }: { clause: string }) {
  const mark = useMark(clause);
  if (mark === undefined) return null;
  return (
    <p className="text-xs text-accent">
      Changed by {mark.by}, <RelativeTime at={mark.at} />
    </p>
  );
}

export const CONTROL =
  'w-full min-w-0 rounded-md border border-line-strong bg-sheet px-2.5 py-1.5 text-base text-ink aria-[invalid=true]:border-critical disabled:bg-sunk disabled:text-ink-3 [&[readonly]]:bg-sunk';

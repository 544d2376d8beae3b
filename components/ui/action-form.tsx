'use client';

import {
  createContext,
  type ReactNode,
  startTransition,
  useActionState,
  useContext,
  useEffect,
  useRef,
} from 'react';
import type { ActionState, FormAction } from '@/lib/auth/action-state';
import { Callout } from './callout';

const StateContext = createContext<{ state: ActionState; pending: boolean }>({ state: null, pending: false });

export function useFormPending(): boolean {
  return useContext(StateContext).pending;
}

/** The message for one field of the form around it, or undefined. */
export function useFieldIssue(name: string): string | undefined {
  const { state } = useContext(StateContext);
  if (state === null || state.ok) return undefined;
  return state.issues.find((issue) => issue.path === name)?.message;
}

/**
 * A form on a server action. What was typed stays through errors (React would empty an uncontrolled form
 * after every action); the first faulty field gets the focus; `onDone` is told of success.
 */
export function ActionForm({
  action,
  children,
  onDone,
  resetOnDone = false,
  className = 'grid gap-4',
}: {
  action: FormAction;
  children: ReactNode;
  onDone?: (state: Extract<ActionState, { ok: true }>) => void;
  resetOnDone?: boolean;
  className?: string;
}) {
  const form = useRef<HTMLFormElement>(null);
  const done = useRef(onDone);
  done.current = onDone;
  const [state, dispatch, pending] = useActionState(async (before: ActionState, data: FormData) => {
    const after = await action(before, data);
    // Here and not in an effect: what the action changed may take this very form off the page with its answer.
    if (after?.ok === true) {
      if (resetOnDone) form.current?.reset();
      done.current?.(after);
    }
    return after;
  }, null);

  useEffect(() => {
    if (state === null || state.ok) return;
    const faulty = form.current?.querySelector('[aria-invalid="true"]');
    if (faulty instanceof HTMLElement) faulty.focus();
  }, [state]);

  const known = (path: string) => form.current?.elements.namedItem(path) != null;
  return (
    <StateContext value={{ state, pending }}>
      <form
        ref={form}
        action={dispatch}
        onSubmit={(event) => {
          event.preventDefault();
          const data = new FormData(event.currentTarget);
          startTransition(() => dispatch(data));
        }}
        className={className}
      >
        {children}
        {state !== null && !state.ok ? (
          <Callout tone="critical" alert title={state.message}>
            {state.issues.some((issue) => !known(issue.path)) ? (
              <ul className="list-disc pl-4">
                {state.issues
                  .filter((issue) => !known(issue.path))
                  .map((issue) => (
                    <li key={issue.path + issue.message}>
                      {issue.path === '' ? issue.message : `${issue.path}: ${issue.message}`}
                    </li>
                  ))}
              </ul>
            ) : undefined}
          </Callout>
        ) : null}
      </form>
    </StateContext>
  );
}

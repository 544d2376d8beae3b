import type { Issue } from '@/lib/errors';

/** What a form's server action answers. `null` before the first try. */
export type ActionState =
  | null
  | { ok: true; message: string /** Shown once: a new key, a link. */; reveal?: string }
  | { ok: false; message: string; issues: readonly Issue[] };

/** A form's server action, as `useActionState` calls it. */
export type FormAction = (before: ActionState, form: FormData) => Promise<ActionState>;

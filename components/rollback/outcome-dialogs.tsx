import { ReasonDialog } from '@/components/ui/dialog';
import type { FormAction } from '@/lib/auth/action-state';

/** "It is done" and "It failed": what a person knows of something that was asked of others, with how they know. */
export function OutcomeDialogs({
  id,
  done,
  failed,
  beside,
  action,
}: {
  id: string;
  /** The question when it is said to be done. */
  done: string;
  /** The question when it is said to have failed; null where it has. */
  failed: string | null;
  /** Whose word this is kept beside: "what the hook says". */
  beside: string;
  action: FormAction;
}) {
  const field = (state: 'done' | 'failed') => (
    <>
      <input type="hidden" name="id" value={id} />
      <input type="hidden" name="state" value={state} />
    </>
  );
  return (
    <>
      <ReasonDialog
        trigger="It is done"
        title={done}
        consequence={`Say so only when you know: it is kept beside ${beside}.`}
        confirm="It is done"
        tone="default"
        size="small"
        reasonLabel="How you know"
        action={action}
        fields={field('done')}
      />
      {failed === null ? null : (
        <ReasonDialog
          trigger="It failed"
          title={failed}
          consequence="It is shown as failed; it can still be done later."
          confirm="It failed"
          tone="default"
          size="small"
          reasonLabel="What happened"
          action={action}
          fields={field('failed')}
        />
      )}
    </>
  );
}

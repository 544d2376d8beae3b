import { ExactTime } from '@/components/ui/relative-time';
import { SheetBody } from '@/components/ui/sheet';
import { Tag } from '@/components/ui/tag';
import type { Permission } from '@/lib/services/incidents/may-act';
import type { CodeRollbackView } from '@/lib/services/rollbacks/get-rollbacks';
import { reportCodeRollbackAction } from './actions';
import { OutcomeDialogs } from './outcome-dialogs';

const STATES = {
  approved: { tone: 'medium', words: 'being sent' },
  sent: { tone: 'medium', words: 'under way' },
  done: { tone: 'low', words: 'done' },
  failed: { tone: 'critical', words: 'failed' },
  expired: { tone: 'high', words: 'no answer' },
} as const;

/** The agent's code going back beside its contract: asked of a hook, and what came of it. */
export function CodeRollback({ code, may }: { code: CodeRollbackView; may: Permission }) {
  const { tone, words } = STATES[code.state];
  const open = code.state !== 'done';
  return (
    <SheetBody className="grid justify-items-start gap-2 border-b border-line text-sm last:border-b-0">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <span className="font-medium">Code</span>
        <span className="[overflow-wrap:anywhere]">
          <span className="code">{code.from}</span> → <span className="code">{code.to}</span>
        </span>
        <Tag tone={tone}>{words}</Tag>
      </p>
      <p className="text-ink-2">
        Asked of “{code.hook}”{code.by === null ? '' : ` by ${code.by}`}, <ExactTime at={code.requestedAt} />
        {code.endedAt === null || code.endedBy === 'Countersign' ? (
          '.'
        ) : (
          <>
            ; {code.endedBy ?? 'somebody'} said so, <ExactTime at={code.endedAt} />.
          </>
        )}
      </p>
      {code.detail === null ? null : <p className="[overflow-wrap:anywhere]">{code.detail}</p>}
      {code.problem === null ? null : (
        <p className="text-critical [overflow-wrap:anywhere]">Not delivered yet: {code.problem}</p>
      )}
      {open && may.allowed ? (
        <div className="flex flex-wrap gap-2">
          <OutcomeDialogs
            id={code.id}
            done={`Is the code back at ${code.to}?`}
            failed={code.state === 'failed' ? null : 'Did taking the code back fail?'}
            beside="what the hook says"
            action={reportCodeRollbackAction}
          />
        </div>
      ) : null}
    </SheetBody>
  );
}

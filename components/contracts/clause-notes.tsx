import { ClauseThreads } from '@/components/comments/clause-threads';
import { Tag } from '@/components/ui/tag';
import { inheritedPart } from '@/lib/contract/inherit';
import type { CommentSubject } from '@/lib/services/comments/subject';
import type { ContractDetail } from '@/lib/services/contracts/get-contract';
import { IdleMark } from './coverage-marks';

/** What a document needs to write beside its clauses. */
export interface NotesFor {
  subject: CommentSubject;
  extending: ContractDetail['extending'];
}

/** Beside a clause: whether it is the workspace's, whether runs came upon it, what people say of it. */
export function ClauseNotes({
  clause,
  also = [],
  notes,
}: {
  clause: string;
  /** Clauses that are read inside it. */
  also?: readonly string[];
  notes: NotesFor | null;
}) {
  if (notes === null) return null;
  const { subject, extending } = notes;
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm empty:hidden">
        <Origin clause={clause} extending={extending} />
        <IdleMark clause={clause} />
      </span>
      <ClauseThreads subject={subject} clause={clause} also={also} corner />
    </>
  );
}

/** Says that a clause came from the workspace defaults, whole or in part. */
export function Origin({ clause, extending }: { clause: string; extending: ContractDetail['extending'] }) {
  if (extending === null) return null;
  const part = inheritedPart(extending.inherited, clause);
  return part === 'none' ? null : (
    <Tag>
      {part === 'all' ? 'from' : 'partly from'} workspace defaults v{extending.label}
    </Tag>
  );
}

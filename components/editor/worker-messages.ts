import type { Edit } from '@/lib/contract/edit-value';
import type { Choice, Merged } from '@/lib/contract/merge-drafts';
import type { DraftContext, DraftReading } from '@/lib/contract/read-draft';

export type Task =
  | { kind: 'begin'; source: string; context: DraftContext }
  | { kind: 'read'; source: string }
  | { kind: 'edit'; source: string; edits: readonly Edit[] }
  | { kind: 'merge'; texts: { base: string; mine: string; theirs: string }; choice?: Choice };

export interface Results {
  begin: DraftReading;
  read: DraftReading;
  /** The reading's document stays where it was read: whoever edits has it. */
  edit: { source: string; reading: DraftReading };
  merge: Merged & { reading: DraftReading };
}

export interface Request {
  id: number;
  task: Task;
}

export type Answer =
  | { id: number; ok: true; result: Results[Task['kind']] }
  | { id: number; ok: false; message: string };

/** What does the reading, editing and merging of texts: a worker in the page, the functions themselves in tests. */
export interface Reader {
  begin(source: string, context: DraftContext): Promise<DraftReading>;
  read(source: string): Promise<DraftReading>;
  edit(source: string, edits: readonly Edit[]): Promise<Results['edit']>;
  merge(texts: { base: string; mine: string; theirs: string }, choice?: Choice): Promise<Results['merge']>;
  close(): void;
}

import type { Actor } from '@/lib/auth/actor';
import { authorize } from '@/lib/auth/can';
import { csvLine } from '@/lib/csv';
import { appendAlone } from './append-alone';
import type { AuditQuery } from './audit-query';
import { type AuditRow, readEntries } from './read-entries';

const PAGE = 1000;

const COLUMNS: readonly { title: string; value: (entry: AuditRow) => string | number | null }[] = [
  { title: 'entry', value: (entry) => entry.number },
  { title: 'at', value: (entry) => entry.at },
  { title: 'actor', value: (entry) => entry.actor },
  { title: 'actor_name', value: (entry) => entry.actorName },
  { title: 'action', value: (entry) => entry.action },
  { title: 'subject', value: (entry) => entry.subject },
  { title: 'subject_name', value: (entry) => entry.subjectName },
  { title: 'detail', value: (entry) => JSON.stringify(entry.detail) },
];

/**
 * All entries that fit, newest first, as CSV with a head, a page at a time so that a long log never stands in memory: to
 * read and to sort. What can be verified is `exportRecord`. That it was exported is an entry too.
 */
export async function* exportEntries(actor: Actor, query: AuditQuery): AsyncGenerator<string> {
  const { workspaceId } = actor;
  authorize(actor, 'audit.read', { workspaceId });
  const { before: _, ...filters } = query;
  await appendAlone({
    workspaceId,
    actor,
    action: 'audit.exported',
    subject: `workspace:${workspaceId}`,
    detail: {
      format: 'csv',
      ...Object.fromEntries(Object.entries(filters).filter(([, value]) => value !== '')),
    },
  });
  yield csvLine(COLUMNS.map((column) => column.title));
  let before = query.before;
  for (;;) {
    const page = await readEntries(
      workspaceId,
      { ...filters, ...(before === undefined ? {} : { before }) },
      PAGE,
    );
    if (page.length > 0)
      yield page.map((entry) => csvLine(COLUMNS.map((column) => column.value(entry)))).join('');
    before = page.at(-1)?.number;
    if (page.length < PAGE) return;
  }
}

import { z } from 'zod';
import { answerFile } from '@/lib/auth/answer-file';
import { readQuery } from '@/lib/read-query';
import { auditQuerySchema } from '@/lib/services/audit/audit-query';
import { exportEntries } from '@/lib/services/audit/export-entries';
import { exportRecord } from '@/lib/services/audit/export-record';

const formatSchema = z.object({
  format: z.enum(['csv', 'jsonl']).default('jsonl'),
  files: z.enum(['yes', 'no']).default('no'),
});

/**
 * The audit log as a file, with the filters of the screen: `?format=csv` to read, `jsonl` to verify (docs/verify.md).
 * Without filters the latter is the whole record: contracts, evidence, gate reviews and signatures too; with `files=yes`
 * also the bytes of attached files.
 */
export async function GET(request: Request): Promise<Response> {
  const wished = formatSchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  const day = new Date().toISOString().slice(0, 10);
  return wished.success && wished.data.format === 'csv'
    ? answerFile({ name: `audit-log-${day}.csv`, type: 'text/csv' }, (actor) =>
        exportEntries(actor, readQuery(auditQuerySchema, request)),
      )
    : answerFile({ name: `record-${day}.jsonl`, type: 'application/x-ndjson' }, (actor) => {
        const { files } = readQuery(formatSchema, request);
        return exportRecord(actor, readQuery(auditQuerySchema, request), { files: files === 'yes' });
      });
}

import { z } from 'zod';
import { answerFile } from '@/lib/auth/answer-file';
import { readQuery } from '@/lib/read-query';
import { auditQuerySchema } from '@/lib/services/audit/audit-query';
import { AUDIT_FORMATS, exportAudit } from '@/lib/services/audit/export-audit';

const formatSchema = z.object({ format: z.enum(AUDIT_FORMATS).default('jsonl') });

const TYPES = { csv: 'text/csv', jsonl: 'application/x-ndjson' };

/** The audit log as a file, `?format=csv` or `jsonl`, with the filters of the screen. */
export async function GET(request: Request): Promise<Response> {
  const wished = formatSchema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  const format = wished.success ? wished.data.format : 'jsonl';
  return answerFile({ name: `audit-log.${format}`, type: TYPES[format] }, (actor) =>
    exportAudit(actor, readQuery(auditQuerySchema, request), readQuery(formatSchema, request).format),
  );
}

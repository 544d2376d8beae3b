import { z } from 'zod';
import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { getCoverage } from '@/lib/services/coverage/get-coverage';

const querySchema = z.object({ version: z.uuid() });

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => getCoverage(actor, readQuery(querySchema, request).version));
}

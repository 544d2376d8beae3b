import { z } from 'zod';
import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { listViews } from '@/lib/services/views/list-views';
import { VIEW_LISTS } from '@/lib/services/views/view-query';

const querySchema = z.object({ list: z.enum(VIEW_LISTS) });

/** The saved views of a list that the reader sees. */
export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => listViews(actor, readQuery(querySchema, request).list));
}

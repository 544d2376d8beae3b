import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { listThreads } from '@/lib/services/comments/list-threads';
import { subjectSchema } from '@/lib/services/comments/subject';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => listThreads(actor, readQuery(subjectSchema, request)));
}

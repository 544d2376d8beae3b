import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { listActivity } from '@/lib/services/comments/list-activity';
import { subjectSchema } from '@/lib/services/comments/subject';
import { listReadings } from '@/lib/services/readings/list-readings';

/** Who has read a draft or version, and what happened to it lately. */
export async function GET(request: Request): Promise<Response> {
  return answerJson(async (actor) => {
    const subject = readQuery(subjectSchema, request);
    const [readers, activity] = await Promise.all([
      listReadings(actor, subject),
      listActivity(actor, subject),
    ]);
    return { readers, activity };
  });
}

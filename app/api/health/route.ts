import { answerError } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { databaseAnswers } from '@/lib/services/health/database-answers';

export const dynamic = 'force-dynamic';

/** For load balancers and for pages that failed: 200 while the database answers, 503 while it does not. */
export async function GET(): Promise<Response> {
  if (!(await databaseAnswers()))
    return answerError(
      new AppError('unavailable', 'The database does not answer.', { retryAfterSeconds: 2 }),
    );
  return Response.json({ status: 'ready' }, { headers: { 'cache-control': 'no-store' } });
}

import { answerJson } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { getRunSpan, spanPathSchema } from '@/lib/services/runs/get-run-span';

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string; traceId: string; spanId: string }> },
): Promise<Response> {
  return answerJson(async (actor) => {
    const path = spanPathSchema.safeParse(await params);
    if (!path.success) throw new AppError('not_found', 'There is no such span in this run.');
    return getRunSpan(actor, path.data);
  });
}

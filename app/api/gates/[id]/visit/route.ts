import { z } from 'zod';
import { answerJson } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { noteVisit } from '@/lib/services/gates/note-visit';

const visitSchema = z.object({
  seconds: z.int().min(0).max(30),
  opened: z.array(z.uuid()).max(50),
});

/** A tab says how long its person has had the review before them since the last time, and which evidence they opened. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answerJson(async (actor) => {
    const body = visitSchema.safeParse(await request.json().catch(() => null));
    if (!body.success) throw new AppError('invalid', 'A visit has seconds, 0 to 30, and ids of evidence.');
    await noteVisit(actor, { reviewId: (await params).id, ...body.data });
    return { ok: true };
  });
}

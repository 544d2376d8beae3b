import { z } from 'zod';
import { answerJson } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { notePresence } from '@/lib/services/drafts/note-presence';

const presenceSchema = z.union([
  z.object({ clause: z.string().max(500).nullable() }),
  z.object({ left: z.literal(true) }),
]);

/** A tab says that its person has the draft open, and where; or that they left. */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answerJson(async (actor) => {
    const body = presenceSchema.safeParse(await request.json().catch(() => null));
    if (!body.success) throw new AppError('invalid', 'Presence is a clause, or that one left.');
    await notePresence(actor, (await params).id, 'left' in body.data ? false : body.data);
    return { ok: true };
  });
}

import { z } from 'zod';
import { answerJson } from '@/lib/auth/answer';
import { AppError } from '@/lib/errors';
import { textOf } from '@/lib/read-contract';
import { readQuery } from '@/lib/read-query';
import { offerChange } from '@/lib/services/drafts/change-draft';
import { draftNews } from '@/lib/services/drafts/get-draft';

interface Props {
  params: Promise<{ id: string }>;
}

const querySchema = z.object({ since: z.coerce.number().int().nonnegative().default(0) });
const changeSchema = z.object({ revision: z.int().positive(), source: z.string() });

/** A million characters, three bytes each, and the envelope. */
const MAX_BYTES = 4_000_000;

/** What is new of a draft since revision `since`: its text when it is another, the changes, who has it open. */
export async function GET(request: Request, { params }: Props): Promise<Response> {
  return answerJson(async (actor) =>
    draftNews(actor, (await params).id, readQuery(querySchema, request).since),
  );
}

/** What the editor saves: the whole text and the revision it was changed from. A conflict is an answer, not an error. */
export async function PUT(request: Request, { params }: Props): Promise<Response> {
  return answerJson(async (actor) => {
    const text = await textOf(request, MAX_BYTES, 'This text is larger than any contract.');
    const body = changeSchema.safeParse(asJson(text));
    if (!body.success) throw new AppError('invalid', 'A change has a revision and a source.');
    return offerChange(actor, (await params).id, body.data);
  });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

import { answerJson } from '@/lib/auth/answer';
import { getSignature } from '@/lib/services/gates/get-signature';

/** One signature with what was signed and whether it verifies. */
export async function GET(_: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answerJson(async (actor) => getSignature(actor, (await params).id));
}

import { answerJson } from '@/lib/auth/answer';
import { getEvidence } from '@/lib/services/evidence/get-evidence';

/** One piece of evidence with all its figures. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  const { id } = await params;
  return answerJson((actor) => getEvidence(actor, id));
}

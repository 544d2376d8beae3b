import { answerJson } from '@/lib/auth/answer';
import { getRiskTrial } from '@/lib/services/risk/get-risk';

/** What a risk profile is tried on: the latest runs' calls by kind, and the profile in force. */
export async function GET(
  _request: Request,
  { params }: { params: Promise<{ name: string }> },
): Promise<Response> {
  return answerJson(async (actor) => getRiskTrial(actor, { agent: (await params).name }));
}

import { answerJson } from '@/lib/auth/answer';
import { getRun } from '@/lib/services/runs/get-run';

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ id: string }> },
): Promise<Response> {
  return answerJson(async (actor) => getRun(actor, (await params).id));
}

import { answerJson } from '@/lib/auth/answer';
import { needsEyes } from '@/lib/services/agents/needs-eyes';

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ name: string }> },
): Promise<Response> {
  return answerJson(async (actor) => needsEyes(actor, (await params).name, new Date()));
}

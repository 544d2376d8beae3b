import { answerJson } from '@/lib/auth/answer';
import { getAgent } from '@/lib/services/agents/get-agent';

export async function GET(
  _request: Request,
  { params }: { params: Promise<{ name: string }> },
): Promise<Response> {
  return answerJson(async (actor) => getAgent(actor, (await params).name, new Date()));
}

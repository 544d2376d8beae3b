import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { agentTrend, trendSchema } from '@/lib/services/agents/agent-trend';

export async function GET(
  request: Request,
  { params }: { params: Promise<{ name: string }> },
): Promise<Response> {
  return answerJson(async (actor) =>
    agentTrend(actor, (await params).name, readQuery(trendSchema, request).days, new Date()),
  );
}

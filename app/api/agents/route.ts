import { answerJson } from '@/lib/auth/answer';
import { readQuery } from '@/lib/read-query';
import { agentFilterSchema } from '@/lib/services/agents/agent-filters';
import { listAgents } from '@/lib/services/agents/list-agents';

export async function GET(request: Request): Promise<Response> {
  return answerJson((actor) => listAgents(actor, readQuery(agentFilterSchema, request), new Date()));
}

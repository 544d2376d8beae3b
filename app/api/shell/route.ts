import { answerJson } from '@/lib/auth/answer';
import { getShell } from '@/lib/services/workspaces/get-shell';

export async function GET(): Promise<Response> {
  return answerJson(getShell);
}

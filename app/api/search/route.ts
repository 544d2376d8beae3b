import { answerJson } from '@/lib/auth/answer';
import { findAnything } from '@/lib/services/search/find-anything';

export async function GET(request: Request): Promise<Response> {
  const text = new URL(request.url).searchParams.get('q') ?? '';
  return answerJson((actor) => findAnything(actor, text.slice(0, 200)));
}

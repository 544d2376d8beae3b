import { answerApi } from '@/lib/auth/api';
import { AppError } from '@/lib/errors';
import { textOf } from '@/lib/read-contract';
import { importTools } from '@/lib/services/catalogue/import-tools';
import { listDecidedTools } from '@/lib/services/catalogue/list-decided-tools';
import { importToolsSchema } from '@/lib/services/catalogue/source-tool';

const MAX_BYTES = 10_000_000;

/** Classified tools, as contracts would list them. */
export async function GET(request: Request): Promise<Response> {
  return answerApi(request, async (actor) =>
    Response.json({ tools: await listDecidedTools(actor) }, { headers: { 'cache-control': 'no-store' } }),
  );
}

/** Imports the tools a server lists: `{ server, origin: "mcp" | "openapi", tools: [{ name, description, arguments, hints }] }`. */
export async function POST(request: Request): Promise<Response> {
  return answerApi(request, async (actor) => {
    const text = await textOf(request, MAX_BYTES, 'A list of tools has at most 10 MB.');
    const parsed = importToolsSchema.safeParse(asJson(text));
    if (!parsed.success)
      throw new AppError('invalid', 'This is no list of tools.', {
        issues: parsed.error.issues
          .slice(0, 50)
          .map((issue) => ({ path: issue.path.join('/'), message: issue.message })),
      });
    return Response.json(await importTools(actor, parsed.data), { headers: { 'cache-control': 'no-store' } });
  });
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('invalid', 'The body is not JSON.');
  }
}

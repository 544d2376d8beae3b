import { suiteJsonSchema } from '@/lib/contract/scenario-json-schema';

/** Scenario suites as JSON Schema, beside that of contracts and as open. */
export function GET(): Response {
  return Response.json(suiteJsonSchema(), {
    headers: {
      'content-type': 'application/schema+json; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    },
  });
}

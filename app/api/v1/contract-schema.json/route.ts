import { contractJsonSchema } from '@/lib/contract/json-schema';

/** The contract as JSON Schema: for editors that complete and check, and open to anyone: it is no secret. */
export function GET(): Response {
  return Response.json(contractJsonSchema(), {
    headers: {
      'content-type': 'application/schema+json; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    },
  });
}

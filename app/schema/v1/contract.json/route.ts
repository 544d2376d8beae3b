import { contractJsonSchema } from '@/lib/contract/json-schema';

/**
 * The contract as JSON Schema, at an address that stays: what editors complete and check from
 * (`# yaml-language-server: $schema=…`). Open to anyone: it is no secret.
 */
export function GET(): Response {
  return Response.json(contractJsonSchema(), {
    headers: {
      'content-type': 'application/schema+json; charset=utf-8',
      'cache-control': 'public, max-age=3600',
      'access-control-allow-origin': '*',
    },
  });
}

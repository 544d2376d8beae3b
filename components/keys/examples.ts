import type { KeyScope } from '@/lib/auth/actor';

export interface Example {
  title: string;
  text: string;
}

/** What to paste where, for a new key: only what its scopes allow. `runtimeUrl` has no slash at its end. */
export function examplesFor(key: string, scopes: readonly KeyScope[], runtimeUrl: string): Example[] {
  const examples: Example[] = [];
  if (scopes.includes('ingest'))
    examples.push(
      {
        title: 'Environment of any OpenTelemetry SDK',
        text: [
          `export OTEL_EXPORTER_OTLP_ENDPOINT=${runtimeUrl}`,
          'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
          `export OTEL_EXPORTER_OTLP_HEADERS=x-api-key=${key}`,
          'export OTEL_SERVICE_NAME=my-agent',
        ].join('\n'),
      },
      {
        title: 'One span by hand, to see it arrive',
        text: [
          `curl -sS ${runtimeUrl}/v1/traces -H 'content-type: application/json' -H 'x-api-key: ${key}' -d '{`,
          '  "resourceSpans": [{ "resource": { "attributes": [{ "key": "service.name", "value": { "stringValue": "my-agent" } }] },',
          '    "scopeSpans": [{ "spans": [{ "traceId": "\'$(openssl rand -hex 16)\'", "spanId": "\'$(openssl rand -hex 8)\'",',
          '      "name": "execute_tool hello", "kind": 1, "startTimeUnixNano": "\'$(date +%s)000000000\'", "endTimeUnixNano": "\'$(date +%s)500000000\'",',
          '      "attributes": [{ "key": "gen_ai.operation.name", "value": { "stringValue": "execute_tool" } },',
          '        { "key": "gen_ai.tool.name", "value": { "stringValue": "hello" } }] }] }] }]',
          "}'",
        ].join('\n'),
      },
    );
  if (scopes.includes('decide'))
    examples.push({
      title: 'Ask before a call',
      text: [
        `curl -sS ${runtimeUrl}/v1/runs/my-run-1/decisions -H 'authorization: Bearer ${key}' \\`,
        "  -H 'content-type: application/json' -H 'idempotency-key: call-1' \\",
        '  -d \'{ "agent": "my-agent", "tool": "hello", "arguments": {} }\'',
      ].join('\n'),
    });
  return examples;
}

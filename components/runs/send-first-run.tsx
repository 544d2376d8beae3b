import { ButtonLink } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState } from '@/components/ui/empty-state';

/** What any OpenTelemetry client takes from its environment to send its spans here. */
export function otelSettings(runtimeUrl: string): string {
  return [
    `OTEL_EXPORTER_OTLP_ENDPOINT=${runtimeUrl}`,
    // Some clients send gRPC unless told.
    'OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    'OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20<your key>',
    'OTEL_SERVICE_NAME=<your agent>',
  ].join('\n');
}

/** How an agent's runs get here, where a list of runs is still empty. */
export function SendFirstRun({ runtimeUrl }: { runtimeUrl: string }) {
  const lines = otelSettings(runtimeUrl);
  return (
    <EmptyState
      title="No run has arrived yet"
      action={
        <>
          <ButtonLink href="/settings/keys" variant="primary">
            Create an API key
          </ButtonLink>
          <CopyButton value={lines} what="the settings" labelled />
        </>
      }
    >
      <p>
        Create a key that may ingest, give your agent’s process these settings and let it do something. Its
        run shows here at once, without a reload.
      </p>
      <pre className="code mt-3 overflow-x-auto rounded-md bg-sunk p-3 text-left text-ink">{lines}</pre>
    </EmptyState>
  );
}

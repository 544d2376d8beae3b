import Link from 'next/link';
import { formatNumber } from '@/lib/format';
import { SHARE, type SignalFamily } from '@/lib/scoring/criteria';
import { SOURCE_NAMES } from '@/lib/scoring/signal-mapping';

/** The families as people call them. */
export const FAMILY_NAMES: Readonly<Record<SignalFamily, string>> = {
  technical: 'Technical health',
  eval: 'Evals',
  feedback: 'Feedback',
  outcome: 'Outcomes',
  sme: 'Expert review',
};

const SOURCES: Readonly<Record<string, string>> = {
  ...SOURCE_NAMES,
  api: 'API',
  otel: 'OpenTelemetry',
  file: 'Eval file',
  review: 'Expert review',
};

/** Where a signal came from, as people call it. */
export function sourceName(source: string): string {
  return SOURCES[source] ?? source;
}

/** A single signal's value with its unit: "1 (yes)", "53%", "4 stars". */
export function signalValue(value: number, unit: string | null): string {
  if (unit === SHARE) return value === 1 ? 'yes' : value === 0 ? 'no' : formatNumber(value, 4);
  if (unit === '%') return `${formatNumber(value, 1)}%`;
  return unit === null ? formatNumber(value, 4) : `${formatNumber(value, 4)} ${unit}`;
}

/** The list of signals, narrowed. */
export function signalsHref(filters: {
  agent?: string;
  family?: SignalFamily | null;
  metrics?: readonly string[];
  state?: string;
  source?: string;
  /** The id of a run. */
  run?: string;
  /** A day, UTC: measured then or later. */
  since?: string;
}): string {
  const query = new URLSearchParams();
  if (filters.agent !== undefined) query.set('agent', filters.agent);
  if (filters.family) query.set('family', filters.family);
  for (const metric of filters.metrics ?? []) query.append('metric', metric);
  if (filters.state !== undefined) query.set('state', filters.state);
  if (filters.source !== undefined) query.set('source', filters.source);
  if (filters.run !== undefined) query.set('run', filters.run);
  if (filters.since !== undefined) query.set('since', filters.since);
  const text = query.toString();
  return text === '' ? '/signals' : `/signals?${text}`;
}

/** Leads to the signals behind a figure. */
export function SignalsLink({
  children,
  label,
  ...filters
}: Parameters<typeof signalsHref>[0] & { children: React.ReactNode; label?: string }) {
  return (
    <Link href={signalsHref(filters)} className="prose-link" aria-label={label}>
      {children}
    </Link>
  );
}

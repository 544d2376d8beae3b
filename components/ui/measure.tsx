import { formatCompact, formatCount, formatDuration, formatMoney } from '@/lib/format';

/** US dollars; null reads "unpriced", which is not the same as nothing. `text` where its column is aligned. */
export function Money({ usd, text }: { usd: number | null; text?: string | undefined }) {
  if (usd === null) return <span className="text-ink-3">unpriced</span>;
  return <span title={`${usd} US dollars`}>{text ?? formatMoney(usd)}</span>;
}

/** Milliseconds, in the unit that reads best. */
export function Duration({ ms }: { ms: number | null }) {
  if (ms === null) return <span className="text-ink-3">–</span>;
  return <span title={`${ms} ms`}>{formatDuration(ms)}</span>;
}

/** A count; `compact` shortens large ones and keeps the exact figure on hover. */
export function Count({ value, compact = false }: { value: number; compact?: boolean }) {
  return (
    <span title={compact ? formatCount(value) : undefined}>
      {compact ? formatCompact(value) : formatCount(value)}
    </span>
  );
}

import { type Mapped, mapSignal, type Reader, type SignalMapping } from '@/lib/scoring/signal-mapping';
import type { SignalInput } from './signal-input';

/** A record of another system as the one door takes it. */
export function mapRecord(
  read: Reader,
  mapping: SignalMapping,
): { input: SignalInput } | Exclude<Mapped, { signal: unknown }> {
  const mapped = mapSignal(read, mapping);
  if (!('signal' in mapped)) return mapped;
  const { agent, run, externalId, ...rest } = mapped.signal;
  const cut = (text: string | undefined) => text?.slice(0, 200);
  return { input: { ...rest, agent: cut(agent), run: cut(run), externalId: cut(externalId) } };
}

import type { TokenUsage } from '@/lib/telemetry/span';

/** US dollars per million tokens from a moment on. */
export interface Price {
  /** As the price list names it, e.g. `gpt-4o`. */
  model: string;
  inputUsd: number;
  outputUsd: number;
  /** Null: cached input costs what other input costs. */
  cachedInputUsd: number | null;
  /** Epoch milliseconds. */
  effectiveFromMs: number;
}

/** What may follow a model's name and still be that model: a date, a build number or a version, or `latest`. */
const RELEASE =
  /^[-@:](?:latest|\d{4}-\d{2}-\d{2}|\d{2}-\d{4}|\d{8}|\d{6}|\d{4}|\d{3}|v\d+(?:[:.]\d+)?)(?:-v\d+(?:[:.]\d+)?)?$/;
/** How gateways and SDKs write a vendor's own model; other resellers have their own prices and stay unpriced. */
const OWN_VENDOR = /^(?:openai|anthropic|google|gemini|cohere|mistral|mistralai|models)\//;

/**
 * The price of a model at a moment: the latest in effect then, of the longest listed name that is the model's own name or
 * what is left of it without its release (`gpt-4o-2024-08-06` finds `gpt-4o`; `gpt-4o-mini` does not). Names are
 * compared without regard to case. Null: unpriced, which is counted and never taken for free.
 */
export function priceAt(prices: readonly Price[], model: string, atMs: number): Price | null {
  const name = model.toLowerCase();
  const bare = name.replace(OWN_VENDOR, '');
  let best: Price | null = null;
  for (const price of prices) {
    if (price.effectiveFromMs > atMs) continue;
    const listed = price.model.toLowerCase();
    if (!isReleaseOf(name, listed) && !isReleaseOf(bare, listed)) continue;
    if (
      best === null ||
      price.model.length > best.model.length ||
      (price.model.length === best.model.length && price.effectiveFromMs > best.effectiveFromMs)
    )
      best = price;
  }
  return best;
}

function isReleaseOf(name: string, listed: string): boolean {
  return name === listed || (name.startsWith(listed) && RELEASE.test(name.slice(listed.length)));
}

/** US dollars: input that was not cached, cached input and output, each at its own price per million tokens. */
export function costOf(tokens: TokenUsage, price: Price): number {
  const cached = Math.min(tokens.cachedInput, tokens.input);
  return (
    ((tokens.input - cached) * price.inputUsd +
      cached * (price.cachedInputUsd ?? price.inputUsd) +
      tokens.output * price.outputUsd) /
    1_000_000
  );
}

import type { Price } from './cost';

/** A price that comes with the product. Whoever runs it checks and replaces what matters to them: prices are editable. */
export interface ShippedPrice extends Price {
  /** The day it took effect (UTC), `2025-06-10`. */
  effectiveFrom: string;
  source: string;
}

/** Who else has read the same figures; a row without either was collected from published copies of the vendor's page. */
const CHECKED = {
  /** A reviewed table that names the vendor's page and the day it was read, llm-kit's; most agree with the other too. */
  page: (page: string) => `${page}, read 5 August 2026 (llm-kit’s table)`,
  /** The table that LiteLLM keeps of all vendors. */
  litellm: (page: string) => `LiteLLM’s table of 24 July 2026; check at ${page}`,
  copies: (page: string) => `published copies, November 2026; check at ${page}`,
} as const;

/** [model, input, cached input or null, output, in effect from, checked by]; US dollars per million tokens. */
type Row = readonly [string, number, number | null, number, string, ('page' | 'litellm')?];

/*
 * Standard tier of each vendor's own API for ordinary prompts: no batch, priority or long-context rates, no cache writes.
 * A model that is not here is unpriced, which is counted and shown; a resold model (Azure, Bedrock, Vertex) may cost
 * otherwise and stays unpriced too unless its name is the vendor's own. A name followed by a date or a version finds
 * the row of the name (lib/scoring/cost.ts), so only releases with a price of their own have a row.
 */

const OPENAI: readonly Row[] = [
  ['gpt-3.5-turbo', 0.5, null, 1.5, '2024-01-25', 'page'],
  ['gpt-3.5-turbo-0613', 1.5, null, 2, '2023-06-13'],
  ['gpt-3.5-turbo-1106', 1, null, 2, '2023-11-06', 'litellm'],
  ['gpt-4', 30, null, 60, '2023-03-14', 'litellm'],
  ['gpt-4-1106-preview', 10, null, 30, '2023-11-06', 'litellm'],
  ['gpt-4-0125-preview', 10, null, 30, '2024-01-25', 'litellm'],
  ['gpt-4-turbo', 10, null, 30, '2024-04-09', 'litellm'],
  ['gpt-4o', 5, null, 15, '2024-05-13'],
  ['gpt-4o', 2.5, 1.25, 10, '2024-10-02', 'page'],
  ['gpt-4o-2024-05-13', 5, null, 15, '2024-05-13', 'litellm'],
  ['gpt-4o-2024-08-06', 2.5, 1.25, 10, '2024-08-06', 'litellm'],
  ['gpt-4o-mini', 0.15, 0.075, 0.6, '2024-07-18', 'page'],
  ['gpt-4.1', 2, 0.5, 8, '2025-04-14', 'page'],
  ['gpt-4.1-mini', 0.4, 0.1, 1.6, '2025-04-14', 'page'],
  ['gpt-4.1-nano', 0.1, 0.025, 0.4, '2025-04-14', 'page'],
  ['o1', 15, 7.5, 60, '2024-12-17', 'page'],
  ['o1-preview', 15, 7.5, 60, '2024-09-12'],
  ['o1-pro', 150, null, 600, '2025-03-19', 'page'],
  ['o3', 10, 2.5, 40, '2025-04-16'],
  ['o3', 2, 0.5, 8, '2025-06-10', 'page'],
  ['o3-mini', 1.1, 0.55, 4.4, '2025-01-31', 'page'],
  ['o3-pro', 20, null, 80, '2025-06-10', 'page'],
  ['o4-mini', 1.1, 0.275, 4.4, '2025-04-16', 'page'],
  ['gpt-5', 1.25, 0.125, 10, '2025-08-07', 'page'],
  ['gpt-5-mini', 0.25, 0.025, 2, '2025-08-07', 'page'],
  ['gpt-5-nano', 0.05, 0.005, 0.4, '2025-08-07', 'page'],
  ['gpt-5-pro', 15, null, 120, '2025-10-06', 'page'],
  ['gpt-5.1', 1.25, 0.125, 10, '2025-11-13', 'page'],
  ['gpt-5.2', 1.75, 0.175, 14, '2025-12-11', 'page'],
  ['gpt-5.2-pro', 21, null, 168, '2025-12-11', 'page'],
  ['gpt-5.4', 2.5, 0.25, 15, '2026-03-05', 'page'],
  ['gpt-5.4-mini', 0.75, 0.075, 4.5, '2026-03-17', 'page'],
  ['gpt-5.4-nano', 0.2, 0.02, 1.25, '2026-03-17', 'page'],
  ['gpt-5.4-pro', 30, null, 180, '2026-03-05', 'page'],
  ['gpt-5.5', 5, 0.5, 30, '2026-04-23', 'page'],
  ['gpt-5.5-pro', 30, null, 180, '2026-04-23', 'page'],
  ['text-embedding-3-small', 0.02, null, 0, '2024-01-25'],
  ['text-embedding-3-large', 0.13, null, 0, '2024-01-25'],
  ['text-embedding-ada-002', 0.1, null, 0, '2023-06-13'],
];

const ANTHROPIC: readonly Row[] = [
  ['claude-3-haiku', 0.25, 0.03, 1.25, '2024-03-13'],
  ['claude-3-sonnet', 3, null, 15, '2024-03-04'],
  ['claude-3-opus', 15, 1.5, 75, '2024-03-04'],
  ['claude-3-5-sonnet', 3, 0.3, 15, '2024-06-20'],
  ['claude-3-5-haiku', 0.8, 0.08, 4, '2024-11-04'],
  ['claude-3-7-sonnet', 3, 0.3, 15, '2025-02-24'],
  ['claude-sonnet-4', 3, 0.3, 15, '2025-05-22'],
  ['claude-opus-4', 15, 1.5, 75, '2025-05-22'],
  ['claude-opus-4-1', 15, 1.5, 75, '2025-08-05', 'litellm'],
  ['claude-sonnet-4-5', 3, 0.3, 15, '2025-09-29', 'litellm'],
  ['claude-haiku-4-5', 1, 0.1, 5, '2025-10-15', 'page'],
  ['claude-opus-4-5', 5, 0.5, 25, '2025-11-24', 'litellm'],
  ['claude-opus-4-6', 5, 0.5, 25, '2026-02-05', 'page'],
  ['claude-sonnet-4-6', 3, 0.3, 15, '2026-02-17', 'page'],
  ['claude-opus-4-7', 5, 0.5, 25, '2026-04-16', 'page'],
  ['claude-opus-4-8', 5, 0.5, 25, '2026-05-29', 'page'],
  ['claude-fable-5', 10, 1, 50, '2026-06-10', 'page'],
  // Announced to rise in September 2026; the vendor took that back.
  ['claude-sonnet-5', 2, 0.2, 10, '2026-06-30', 'litellm'],
  ['claude-opus-5', 5, 0.5, 25, '2026-07-24', 'page'],
];

const GOOGLE: readonly Row[] = [
  ['gemini-1.5-flash', 0.075, 0.01875, 0.3, '2024-08-12'],
  ['gemini-1.5-flash-8b', 0.0375, 0.01, 0.15, '2024-10-03'],
  ['gemini-1.5-pro', 1.25, 0.3125, 5, '2024-10-01'],
  ['gemini-2.0-flash', 0.1, 0.025, 0.4, '2025-02-05', 'litellm'],
  ['gemini-2.0-flash-lite', 0.075, null, 0.3, '2025-02-25'],
  ['gemini-2.5-pro', 1.25, 0.125, 10, '2025-06-17', 'page'],
  ['gemini-2.5-flash', 0.3, 0.03, 2.5, '2025-06-17', 'page'],
  ['gemini-2.5-flash-lite', 0.1, 0.01, 0.4, '2025-07-22', 'page'],
  ['gemini-3-pro-preview', 2, 0.2, 12, '2025-11-18', 'litellm'],
  ['gemini-3-flash-preview', 0.5, 0.05, 3, '2025-12-17', 'litellm'],
  ['gemini-3.1-pro-preview', 2, 0.2, 12, '2026-02-19', 'page'],
  ['gemini-3.5-flash', 1.5, 0.15, 9, '2026-05-19', 'page'],
  ['gemini-3.5-flash-lite', 0.3, 0.03, 2.5, '2026-07-22', 'page'],
];

const COHERE: readonly Row[] = [
  ['command-r', 0.5, null, 1.5, '2024-03-11'],
  ['command-r-08-2024', 0.15, null, 0.6, '2024-08-30'],
  ['command-r-plus', 3, null, 15, '2024-04-04'],
  ['command-r-plus-08-2024', 2.5, null, 10, '2024-08-30', 'page'],
  ['command-r7b', 0.0375, null, 0.15, '2024-12-13'],
  ['command-a', 2.5, null, 10, '2025-03-13'],
];

const MISTRAL: readonly Row[] = [
  ['mistral-large-2407', 2, null, 6, '2024-09-17'],
  ['mistral-large-2411', 2, null, 6, '2024-11-18'],
  ['mistral-large-2512', 0.5, null, 1.5, '2025-12-02'],
  ['mistral-large-latest', 2, null, 6, '2024-11-18'],
  ['mistral-large-latest', 0.5, null, 1.5, '2025-12-02'],
  ['mistral-medium', 0.4, null, 2, '2025-05-07'],
  ['mistral-small', 0.1, null, 0.3, '2025-03-17'],
  ['codestral', 0.3, null, 0.9, '2025-01-13', 'page'],
  ['ministral-3b', 0.04, null, 0.04, '2024-10-16'],
  ['ministral-8b', 0.1, null, 0.1, '2024-10-16'],
];

function priced(vendor: string, page: string, rows: readonly Row[]): ShippedPrice[] {
  return rows.map(([model, inputUsd, cachedInputUsd, outputUsd, effectiveFrom, checked]) => ({
    model,
    inputUsd,
    outputUsd,
    cachedInputUsd,
    effectiveFrom,
    effectiveFromMs: Date.parse(`${effectiveFrom}T00:00:00Z`),
    source: `${vendor}: ${CHECKED[checked ?? 'copies'](page)}`,
  }));
}

/**
 * Prices that come with the product. Models for which no source could be trusted, or whose sources disagree on when a
 * price changed (gpt-5.6), are left out and stay unpriced.
 */
export const PRICE_LIST: readonly ShippedPrice[] = [
  ...priced('OpenAI', 'developers.openai.com/api/docs/pricing', OPENAI),
  ...priced('Anthropic', 'platform.claude.com', ANTHROPIC),
  ...priced('Google', 'ai.google.dev/gemini-api/docs/pricing', GOOGLE),
  ...priced('Cohere', 'cohere.com/pricing', COHERE),
  ...priced('Mistral AI', 'mistral.ai/pricing', MISTRAL),
];

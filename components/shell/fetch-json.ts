import { z } from 'zod';

const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** GET of one of our own routes, whose answer is `T` by the service both sides share. Throws what the server said. */
export async function fetchJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, { headers: { accept: 'application/json' }, signal: signal ?? null });
  if (response.ok) {
    const body: T = await response.json();
    return body;
  }
  const told = errorSchema.safeParse(await response.json().catch(() => null));
  throw new Error(told.success ? told.data.error.message : `The server answered ${response.status}.`);
}

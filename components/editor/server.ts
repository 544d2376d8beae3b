import { z } from 'zod';
import type { Offered } from '@/lib/services/drafts/change-draft';
import type { DraftNews } from '@/lib/services/drafts/get-draft';

export type Saved = Offered;

/** The server answered, and will not do it: its words say what to do. */
export class ServerSays extends Error {}

export interface Server {
  save(change: { revision: number; source: string }): Promise<Saved>;
  draft(since: number): Promise<DraftNews>;
  /** `null`: nowhere in particular; `false`: leaves. */
  present(clause: string | null | false): void;
}

const errorSchema = z.object({ error: z.object({ message: z.string() }) });

/** The draft's own routes. What fails for want of a connection may be tried again; what is refused throws ServerSays. */
export function draftServer(id: string): Server {
  const path = `/api/drafts/${id}`;
  return {
    save: (change) => call<Saved>(path, { method: 'PUT', body: JSON.stringify(change) }),
    draft: (since) => call<DraftNews>(`${path}?since=${since}`, {}),
    present(clause) {
      void fetch(`${path}/presence`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(clause === false ? { left: true } : { clause }),
        keepalive: clause === false,
      })
        // A body that nobody reads keeps its request open in the browser for as long as the page stands.
        .then((response) => response.arrayBuffer())
        .catch(() => {});
    },
  };
}

async function call<T>(path: string, init: RequestInit): Promise<T> {
  const response = await fetch(path, {
    ...init,
    headers: { accept: 'application/json', 'content-type': 'application/json' },
  });
  if (response.ok) {
    const body: T = await response.json();
    return body;
  }
  const told = errorSchema.safeParse(await response.json().catch(() => null));
  const message = told.success ? told.data.error.message : `The server answered ${response.status}.`;
  if (response.status === 401)
    throw new ServerSays('You are no longer signed in. Sign in in another tab; what you wrote is kept here.');
  if (response.status >= 400 && response.status < 500 && response.status !== 429)
    throw new ServerSays(message);
  throw new Error(message);
}

import { z } from 'zod';
import type { Edit } from '@/lib/contract/edit-value';

/** What this browser holds of a draft that the server does not have yet. */
export interface Kept {
  /** The server's text it was changed from. */
  base: string;
  source: string;
  /** Typed and not yet in the text. */
  edits: readonly Edit[];
}

export interface LocalCopy {
  read(): Kept | null;
  write(kept: Kept): void;
  clear(): void;
}

const pathSchema = z.array(z.union([z.string(), z.number()]));
const editSchema = z.discriminatedUnion('op', [
  z.object({ op: z.literal('set'), path: pathSchema, value: z.unknown() }),
  z.object({ op: z.literal('remove'), path: pathSchema }),
  z.object({ op: z.literal('insert'), path: pathSchema, index: z.number(), value: z.unknown() }),
  z.object({ op: z.literal('move'), path: pathSchema, to: z.number() }),
  z.object({ op: z.literal('rename'), path: pathSchema, key: z.string() }),
]);
const keptSchema = z.object({ base: z.string(), source: z.string(), edits: z.array(editSchema) });

/** In the browser's own storage, by draft and person; where that is full or forbidden, the open tab is all there is. */
export function browserCopy(draftId: string, personId: string): LocalCopy {
  const key = `countersign:draft:${draftId}:${personId}`;
  return {
    read() {
      try {
        const text = localStorage.getItem(key);
        const kept = text === null ? null : keptSchema.safeParse(JSON.parse(text));
        return kept?.success ? kept.data : null;
      } catch {
        return null;
      }
    },
    write(kept) {
      try {
        localStorage.setItem(key, JSON.stringify(kept));
      } catch {
        // No room, or not allowed.
      }
    },
    clear() {
      try {
        localStorage.removeItem(key);
      } catch {
        // Not allowed.
      }
    },
  };
}

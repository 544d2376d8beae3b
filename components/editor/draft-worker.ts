/**
 * Reads, edits and merges texts of drafts beside the page: a large contract takes longer to parse than a frame lasts, and
 * whoever types must not wait for it.
 */
import { z } from 'zod';
import { applyEdits } from '@/lib/contract/edit-source';
import { mergeDrafts } from '@/lib/contract/merge-drafts';
import { type DraftContext, type DraftReading, readDraft } from '@/lib/contract/read-draft';
import type { Answer, Request } from './worker-messages';

// Schemas compiled by evaluation are for pages that allow it.
z.config({ jitless: true });

let context: DraftContext = {};

self.addEventListener('message', (event: MessageEvent<Request>) => {
  const { id, task } = event.data;
  try {
    self.postMessage({ id, ok: true, result: run(task) } satisfies Answer);
  } catch (error) {
    self.postMessage({
      id,
      ok: false,
      message: error instanceof Error ? error.message : String(error),
    } satisfies Answer);
  }
});

function run(task: Request['task']) {
  switch (task.kind) {
    case 'begin':
      context = task.context;
      return read(task.source);
    case 'read':
      return read(task.source);
    case 'edit': {
      const source = applyEdits(task.source, task.edits);
      // The form shows these edits already: copying a large document over would cost the page a frame.
      return { source, reading: { ...read(source), document: null } };
    }
    case 'merge': {
      const merged = mergeDrafts(task.texts, task.choice);
      return { ...merged, reading: read(merged.source) };
    }
  }
}

/** Without the contract, which the page does not show: what is not copied over costs it nothing. */
function read(source: string): DraftReading {
  return { ...readDraft(source, context), contract: null };
}

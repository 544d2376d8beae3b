/**
 * Reads, edits and merges texts of drafts beside the page: a large contract takes longer to parse than a frame lasts, and
 * whoever types must not wait for it.
 */
import { z } from 'zod';
import { applyEdits } from '@/lib/contract/edit-source';
import { mergeDrafts } from '@/lib/contract/merge-drafts';
import { type DraftContext, readDraft } from '@/lib/contract/read-draft';
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
      return readDraft(task.source, context);
    case 'read':
      return readDraft(task.source, context);
    case 'edit': {
      const source = applyEdits(task.source, task.edits);
      // The form shows these edits already: copying a large document over would cost the page a frame.
      return { source, reading: { ...readDraft(source, context), document: null, contract: null } };
    }
    case 'merge': {
      const merged = mergeDrafts(task.texts, task.choice);
      return { ...merged, reading: readDraft(merged.source, context) };
    }
  }
}

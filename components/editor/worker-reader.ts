import type { Edit } from '@/lib/contract/edit-value';
import type { Choice } from '@/lib/contract/merge-drafts';
import type { DraftContext } from '@/lib/contract/read-draft';
import type { Answer, Reader, Results, Task } from './worker-messages';

interface Waiting {
  done: (answer: Extract<Answer, { ok: true }>['result']) => void;
  fail: (error: Error) => void;
}

/** The reader of the page, in a worker of its own. */
export class WorkerReader implements Reader {
  private readonly worker = new Worker(new URL('./draft-worker.ts', import.meta.url), { type: 'module' });
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor() {
    this.worker.addEventListener('message', (event: MessageEvent<Answer>) => {
      const waiting = this.waiting.get(event.data.id);
      this.waiting.delete(event.data.id);
      if (event.data.ok) waiting?.done(event.data.result);
      else waiting?.fail(new Error(event.data.message));
    });
    this.worker.addEventListener('error', (event) => {
      for (const { fail } of this.waiting.values()) fail(new Error(event.message || 'The reader ended.'));
      this.waiting.clear();
    });
  }

  async begin(source: string, context: DraftContext) {
    return reading(await this.ask({ kind: 'begin', source, context }));
  }

  async read(source: string) {
    return reading(await this.ask({ kind: 'read', source }));
  }

  async edit(source: string, edits: readonly Edit[]) {
    const result = await this.ask({ kind: 'edit', source, edits });
    if (!('source' in result)) throw new Error('An edit answers with the text.');
    return result;
  }

  async merge(texts: { base: string; mine: string; theirs: string }, choice?: Choice) {
    const result = await this.ask({ kind: 'merge', texts, ...(choice === undefined ? {} : { choice }) });
    if (!('conflicts' in result)) throw new Error('A merge answers with its conflicts.');
    return result;
  }

  close() {
    // Nobody waits for its answers any more.
    this.worker.terminate();
    this.waiting.clear();
  }

  private ask(task: Task): Promise<Results[Task['kind']]> {
    this.last += 1;
    const id = this.last;
    return new Promise((done, fail) => {
      this.waiting.set(id, { done, fail });
      this.worker.postMessage({ id, task });
    });
  }
}

function reading(result: Results[Task['kind']]): Results['read'] {
  if (!('sections' in result)) throw new Error('A reading has sections.');
  return result;
}

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { applyEdits } from '@/lib/contract/edit-source';
import { mergeDrafts } from '@/lib/contract/merge-drafts';
import { readDraft } from '@/lib/contract/read-draft';
import type { DraftDetail } from '@/lib/services/drafts/get-draft';
import { aContract } from '@/lib/services/testing/a-contract';
import { DraftStore } from './draft-store';
import type { Kept, LocalCopy } from './local-copy';
import { type Saved, type Server, ServerSays } from './server';
import type { Reader } from './worker-messages';

const TEXT = stringify(aContract(), { lineWidth: 0 });

/** The functions of the worker, in this process. */
const reader: Reader = {
  begin: async (source) => readDraft(source),
  read: async (source) => readDraft(source),
  edit: async (source, edits) => {
    const next = applyEdits(source, edits);
    return { source: next, reading: { ...readDraft(next), document: null, contract: null } };
  },
  merge: async (texts, choice) => {
    const merged = mergeDrafts(texts, choice);
    return { ...merged, reading: readDraft(merged.source) };
  },
  close: () => {},
};

/** A server that keeps one draft as the real one does, and can be out of reach. */
class TestServer implements Server {
  revision = 1;
  texts = new Map([[1, TEXT]]);
  down = false;
  refuses: string | undefined;
  by: { personId: string; name: string } | null = null;

  get source(): string {
    return this.texts.get(this.revision) ?? '';
  }

  async save({ revision, source }: { revision: number; source: string }): Promise<Saved> {
    await Promise.resolve();
    if (this.down) throw new Error('no connection');
    if (this.refuses !== undefined) throw new ServerSays(this.refuses);
    const theirs = this.source;
    const merged = mergeDrafts({ base: this.texts.get(revision) ?? '', mine: source, theirs });
    if (merged.conflicts.length > 0)
      return { status: 'conflict', revision: this.revision, source: theirs, conflicts: merged.conflicts };
    if (merged.source !== theirs) this.keep(merged.source);
    return {
      status: 'kept',
      revision: this.revision,
      source: merged.source,
      merged: merged.source !== source,
    };
  }

  /** Somebody else changes it. */
  keep(source: string): void {
    this.revision += 1;
    this.texts.set(this.revision, source);
  }

  async draft(): Promise<DraftDetail> {
    return detail(this.revision, this.source);
  }

  present(): void {}
}

function detail(revision: number, source: string): DraftDetail {
  return {
    id: 'draft',
    name: 'Refund desk',
    subject: 'agent',
    agentId: null,
    agent: null,
    source,
    revision,
    state: 'open',
    origin: 'blank',
    base: null,
    amendment: null,
    submitted: null,
    createdBy: null,
    createdAt: '2026-01-01T00:00:00Z',
    updatedBy: null,
    updatedAt: '2026-01-01T00:00:00Z',
    endedAt: null,
    present: [],
    changes: [
      {
        revision,
        clauses: ['cost/perDay'],
        by: { personId: 'other', name: 'Tomas' },
        at: '2026-01-01T00:00:00Z',
      },
    ],
    mayWrite: true,
  };
}

class TestCopy implements LocalCopy {
  kept: Kept | null = null;
  read = () => this.kept;
  write = (kept: Kept) => {
    this.kept = kept;
  };
  clear = () => {
    this.kept = null;
  };
}

let server: TestServer;
let copy: TestCopy;
let store: DraftStore;

async function opened(): Promise<DraftStore> {
  const made = new DraftStore(
    detail(server.revision, server.source),
    readDraft(server.source),
    'me',
    reader,
    server,
    copy,
  );
  await made.begin({});
  return made;
}
const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const perRun = (value: unknown) => [{ op: 'set' as const, path: ['cost', 'perRun'], value }];
const cost = () => parse(store.get().source).cost;

beforeEach(async () => {
  vi.useFakeTimers();
  server = new TestServer();
  copy = new TestCopy();
  store = await opened();
});
afterEach(() => {
  store.close();
  vi.useRealTimers();
});

describe('what is typed in the form', () => {
  it('is shown at once, stands in the text a moment later and is then saved', async () => {
    store.edit(perRun(7), 'cost/perRun');
    expect(store.get().document).toMatchObject({ cost: { perRun: 7 } });
    expect(store.get().source).toBe(TEXT);
    await wait(300);
    expect(store.get().source).toBe(TEXT.replace('perRun: 0.5', 'perRun: 7'));
    await wait(1000);
    expect(server.source).toBe(store.get().source);
    expect(store.get().save).toEqual({ is: 'saved' });
  });

  it('before the reader is ready stays', async () => {
    const early = new DraftStore(detail(1, TEXT), readDraft(TEXT), 'me', reader, server, copy);
    const beginning = early.begin({});
    early.edit(perRun(7), 'cost/perRun');
    await beginning;
    expect(early.get().document).toMatchObject({ cost: { perRun: 7 } });
    await wait(2000);
    expect(early.get().document).toMatchObject({ cost: { perRun: 7 } });
    expect(parse(server.source).cost.perRun).toBe(7);
    early.close();
  });

  it('is one step of undo for the keys of one field, and another for the next field', async () => {
    for (const value of [1, 12, 123]) {
      store.edit(perRun(value), 'cost/perRun');
      await wait(50);
    }
    store.edit([{ op: 'set', path: ['cost', 'perDay'], value: 5 }], 'cost/perDay');
    await wait(400);
    await store.undo();
    expect(cost()).toMatchObject({ perRun: 123, perDay: 100 });
    await store.undo();
    expect(store.get().source).toBe(TEXT);
    await store.redo();
    await store.redo();
    expect(cost()).toMatchObject({ perRun: 123, perDay: 5 });
    expect(store.get().document).toMatchObject({ cost: { perRun: 123, perDay: 5 } });
  });

  it('while the text is being saved is saved after it, and nothing of it is lost', async () => {
    store.edit(perRun(1), 'cost/perRun');
    const saving = store.saveNow();
    store.edit(perRun(2), 'cost/perRun');
    await saving;
    await wait(2000);
    expect(parse(server.source).cost.perRun).toBe(2);
    expect(store.get().save).toEqual({ is: 'saved' });
  });
});

describe('both views', () => {
  it('are of one text with one history', async () => {
    store.edit(perRun(7));
    await store.settle();
    store.write(`# a note\n${store.get().source}`);
    await wait(300);
    store.edit([{ op: 'set', path: ['cost', 'perDay'], value: 9 }]);
    await store.settle();
    expect(store.get().source.startsWith('# a note\n')).toBe(true);
    await store.undo();
    await store.undo();
    expect(store.get().source).toBe(TEXT.replace('perRun: 0.5', 'perRun: 7'));
    await store.undo();
    expect(store.get().source).toBe(TEXT);
    expect(store.get().canUndo).toBe(false);
  });

  it('keep what does not read as YAML: it is saved, the form shows what it last said and does not change it', async () => {
    store.write(TEXT.replace('perRun: 0.5', 'perRun: [0.5'));
    await wait(2000);
    expect(store.get()).toMatchObject({
      readable: false,
      document: { cost: { perRun: 0.5 } },
      save: { is: 'saved' },
    });
    expect(server.source).toContain('perRun: [0.5');
    store.edit(perRun(7));
    await wait(2000);
    expect(server.source).toContain('perRun: [0.5');
  });
});

describe('what others change', () => {
  it('comes in beside what one writes, and says whose it is', async () => {
    store.edit(perRun(7));
    server.keep(TEXT.replace('perDay: 100', 'perDay: 55'));
    store.hear(await server.draft());
    await wait(2000);
    expect(cost()).toMatchObject({ perRun: 7, perDay: 55 });
    expect(parse(server.source).cost).toMatchObject({ perRun: 7, perDay: 55 });
    expect(store.get().marks.get('cost/perDay')).toMatchObject({ by: 'Tomas' });
  });

  it('stays when one takes back what one did before it', async () => {
    store.edit(perRun(7));
    await wait(2000);
    server.keep(server.source.replace('perDay: 100', 'perDay: 55'));
    store.hear(await server.draft());
    await wait(2000);
    await store.undo();
    await wait(2000);
    expect(parse(server.source).cost).toMatchObject({ perRun: 0.5, perDay: 55 });
  });

  it.each([
    ['mine', 7],
    ['theirs', 55],
  ] as const)(
    'differently at the same clause is asked; choosing %s keeps the rest of both',
    async (side, value) => {
      server.keep(TEXT.replace('perRun: 0.5', 'perRun: 55').replace('perDay: 100', 'perDay: 1'));
      store.edit([...perRun(7), { op: 'set', path: ['cost', 'perMonth'], value: 3 }]);
      await wait(2000);
      expect(store.get().contested?.conflicts).toMatchObject([
        { clause: 'cost/perRun', mine: 7, theirs: 55 },
      ]);
      expect(server.revision).toBe(2);
      store.edit([{ op: 'set', path: ['cost', 'callsPerRun'], value: 4 }]);
      await store.resolve(new Map([['cost/perRun', side]]));
      await wait(2000);
      expect(store.get().contested).toBeNull();
      expect(parse(server.source).cost).toMatchObject({
        perRun: value,
        perDay: 1,
        perMonth: 3,
        callsPerRun: 4,
      });
    },
  );

  it('on the whole of a text that does not read keeps both: theirs there, mine one undo away', async () => {
    const broken = TEXT.replace('perRun: 0.5', 'perRun: [0.5');
    server.keep(TEXT.replace('perRun: 0.5', 'perRun: 55'));
    store.write(broken);
    await wait(2000);
    expect(store.get().contested?.conflicts).toMatchObject([{ clause: '' }]);
    await store.resolve(new Map([['', 'theirs']]));
    await wait(2000);
    expect(cost().perRun).toBe(55);
    await store.undo();
    expect(store.get().source).toBe(broken);
  });
});

describe('without the server', () => {
  it('what is written is kept in the browser and sent when it answers again', async () => {
    server.down = true;
    store.edit(perRun(7));
    await wait(1500);
    expect(store.get().save).toEqual({ is: 'offline' });
    expect(copy.kept?.source).toContain('perRun: 7');
    server.down = false;
    await wait(10_000);
    expect(parse(server.source).cost.perRun).toBe(7);
    expect(store.get().save).toEqual({ is: 'saved' });
    expect(copy.kept).toBeNull();
  });

  it('a tab that was closed meanwhile finds its text again, brought up to what others did', async () => {
    server.down = true;
    store.edit(perRun(7));
    await wait(1500);
    store.edit([{ op: 'set', path: ['cost', 'perMonth'], value: 3 }]);
    store.close();
    server.down = false;
    server.keep(TEXT.replace('perDay: 100', 'perDay: 55'));
    store = await opened();
    await wait(2000);
    expect(parse(server.source).cost).toMatchObject({ perRun: 7, perDay: 55, perMonth: 3 });
  });

  it('a refusal is said in its own words and nothing typed is lost', async () => {
    server.refuses = 'This text has 10,000,000 characters; a contract may have 1,000,000.';
    store.write(`${TEXT}# ${'x'.repeat(50)}\n`);
    await wait(2000);
    expect(store.get().save).toEqual({ is: 'refused', reason: server.refuses });
    expect(store.get().source).toContain('xxxx');
  });
});

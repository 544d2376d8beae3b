import { type Edit, editValue, type Group, type Path, valueAt } from '@/lib/contract/edit-value';
import { clausePath } from '@/lib/contract/locate';
import type { Choice, Conflict, Side } from '@/lib/contract/merge-drafts';
import type { DraftContext, DraftReading } from '@/lib/contract/read-draft';
import type { DraftDetail, DraftNews, Present } from '@/lib/services/drafts/get-draft';
import { History } from './history';
import type { LocalCopy } from './local-copy';
import { type Saved, type Server, ServerSays } from './server';
import type { Reader } from './worker-messages';

export type SaveState =
  | { is: 'saved' }
  | { is: 'unsaved' }
  | { is: 'saving' }
  /** The server is out of reach; what was written is kept in this browser and sent when it answers. */
  | { is: 'offline' }
  /** The server will not keep this text; the reason says what to do. */
  | { is: 'refused'; reason: string };

export interface Mark {
  by: string;
  at: string;
}

export interface Contested {
  conflicts: readonly Conflict[];
  /** The text both changed, and theirs now. */
  from: string;
  theirs: string;
  revision: number;
}

/** Everything the editor shows, one object for each moment. */
export interface DraftView {
  source: string;
  /** What the form shows: the text with what was typed since; of text that cannot be read, what it last said. */
  document: Group;
  /** False while the text cannot be read as YAML: the form only shows. */
  readable: boolean;
  reading: DraftReading;
  save: SaveState;
  revision: number;
  canUndo: boolean;
  canRedo: boolean;
  contested: Contested | null;
  present: readonly Present[];
  /** Who else changed which clause while it was open here. */
  marks: ReadonlyMap<string, Mark>;
  state: DraftDetail['state'];
  mayWrite: boolean;
}

const FLUSH_MS = 250;
const READ_MS = 250;
const SAVE_MS = 700;
const RETRY_MS = [2000, 4000, 8000, 15_000, 30_000];

/**
 * The draft in this tab. The form's edits are shown at once and brought into the text a moment later; the text is read,
 * saved and merged with what others write. Nothing typed is ever given up without asking.
 */
export class DraftStore {
  private view: DraftView;
  private readonly listeners = new Set<() => void>();
  private readonly history = new History();
  /** Typed and not yet in the text; each batch is one step of undo. */
  private batches: { tag: string; edits: Edit[] }[] = [];
  /** On their way into the text. */
  private absorbing: readonly Edit[] = [];
  /** How often something was changed here; tells whether a step is still the last one. */
  changes = 0;
  /** The newest text of the server that this tab knows. */
  private base: { revision: number; source: string };
  /** One thing at a time is done with the text. */
  private work: Promise<unknown> = Promise.resolve();
  private saving: Promise<void> | undefined;
  private remote: DraftNews | undefined;
  private failures = 0;
  private readonly timers: Partial<Record<'flush' | 'read' | 'save', ReturnType<typeof setTimeout>>> = {};
  private closed = false;

  constructor(
    draft: DraftDetail,
    reading: DraftReading,
    private readonly me: string,
    private readonly reader: Reader,
    private readonly server: Server,
    private readonly local: LocalCopy,
  ) {
    this.base = { revision: draft.revision, source: draft.source };
    this.view = {
      source: draft.source,
      document: reading.document ?? {},
      readable: reading.document !== null,
      reading,
      save: { is: 'saved' },
      revision: draft.revision,
      canUndo: false,
      canRedo: false,
      contested: null,
      present: draft.present,
      marks: new Map(),
      state: draft.state,
      mayWrite: draft.mayWrite,
    };
  }

  get = (): DraftView => this.view;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Starts the reader, and brings back what an earlier visit could not save. */
  async begin(context: DraftContext): Promise<void> {
    await this.queued(async () => {
      const { source } = this.view;
      // What was typed before the reader was ready stays on top of it.
      this.showReading(await this.reader.begin(source, context));
    });
    const kept = this.local.read();
    if (kept === null || !this.view.mayWrite) return;
    await this.queued(async () => {
      const mine =
        kept.edits.length === 0 ? kept.source : (await this.reader.edit(kept.source, kept.edits)).source;
      this.adopt(mine, await this.reader.read(mine), 'kept');
      await this.integrate(kept.base, this.base.source, this.base.revision);
    });
    this.scheduleSave(0);
  }

  /** Ends timers and reader. What is not saved yet is kept in this browser. */
  close(): void {
    this.keepLocally();
    this.closed = true;
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
    this.reader.close();
  }

  /** Changes of the form: shown at once. `tag` joins the keys of one field to one step of undo. */
  edit(edits: readonly Edit[], tag = ''): void {
    if (!this.view.mayWrite || !this.view.readable) return;
    this.changes += 1;
    let batch = this.batches.at(-1);
    if (batch === undefined || tag === '' || batch.tag !== tag) {
      batch = { tag, edits: [] };
      this.batches.push(batch);
    }
    for (const edit of edits) {
      const last = batch.edits.at(-1);
      if (edit.op === 'set' && last?.op === 'set' && samePath(edit.path, last.path)) batch.edits.pop();
      batch.edits.push(edit);
    }
    const document = editValue(this.view.document, edits);
    this.show({ document: isGroup(document) ? document : {}, save: { is: 'unsaved' } });
    this.later('flush', FLUSH_MS, () => void this.flush());
  }

  /** The whole text, as the YAML view has it. */
  write(source: string): void {
    if (!this.view.mayWrite || source === this.view.source) return;
    this.changes += 1;
    this.history.note(this.view.source, 'yaml', Date.now());
    this.show({ source, save: { is: 'unsaved' } });
    this.later('read', READ_MS, () => void this.queued(() => this.readNow()));
    this.scheduleSave(SAVE_MS);
  }

  /** Brings what was typed into the text. */
  flush(): Promise<void> {
    clearTimeout(this.timers.flush);
    return this.queued(() => this.absorb());
  }

  /** Within the queue. */
  private async absorb(): Promise<void> {
    for (let batch = this.batches.shift(); batch !== undefined; batch = this.batches.shift()) {
      this.absorbing = batch.edits;
      const { source, reading } = await this.reader.edit(this.view.source, batch.edits);
      this.absorbing = [];
      this.history.note(this.view.source, batch.tag, Date.now());
      // The document is the one shown already, so that nothing that did not change is drawn again.
      this.show({ source, reading });
      this.scheduleSave(SAVE_MS);
    }
  }

  private typed(): readonly Edit[] {
    return [...this.absorbing, ...this.batches.flatMap((batch) => batch.edits)];
  }

  /** The text with everything that was typed, read. */
  async settle(): Promise<DraftView> {
    await this.flush();
    await this.queued(() => this.readNow());
    return this.view;
  }

  undo = (): Promise<void> => this.step('undo');
  redo = (): Promise<void> => this.step('redo');

  private async step(direction: 'undo' | 'redo'): Promise<void> {
    if (!this.view.mayWrite) return;
    await this.flush();
    await this.queued(async () => {
      const step = this.history.step(direction, this.view.source);
      if (step === undefined) return;
      let { source } = step.moment;
      for (const { before, after } of step.rebases)
        source = (await this.reader.merge({ base: before, mine: source, theirs: after }, 'theirs')).source;
      this.adopt(source, await this.reader.read(source));
      this.scheduleSave(SAVE_MS);
    });
  }

  /** The server's draft as it is now: who is here, what others changed. */
  hear(draft: DraftNews): void {
    this.show({ present: draft.present, state: draft.state, mayWrite: draft.mayWrite });
    if (draft.revision <= this.base.revision) return;
    this.remote = draft;
    if (this.saving === undefined) void this.takeRemote();
  }

  /** The revision this tab knows; changes after it are asked for. */
  get known(): number {
    return this.base.revision;
  }

  private async takeRemote(): Promise<void> {
    await this.flush();
    await this.queued(async () => {
      const draft = this.remote;
      this.remote = undefined;
      if (draft === undefined || draft.source === null) return;
      if (draft.revision <= this.base.revision || this.view.contested !== null) return;
      this.markChanges(draft);
      await this.integrate(this.base.source, draft.source, draft.revision);
      // Once more, now that the text has the lines that are marked.
      this.show({ marks: new Map(this.view.marks) });
    });
  }

  private markChanges(draft: DraftNews): void {
    const marks = new Map(this.view.marks);
    for (const change of draft.changes.toReversed()) {
      if (change.revision <= this.base.revision || change.by?.personId === this.me) continue;
      for (const clause of change.clauses)
        marks.set(clause, { by: change.by?.name ?? 'An API key', at: change.at });
    }
    this.show({ marks });
  }

  /** Brings the server's text and this tab's together; what both changed differently is asked. Within the queue. */
  private async integrate(from: string, theirs: string, revision: number, choice?: Choice): Promise<void> {
    let mine = this.view.source;
    let merged = await this.reader.merge({ base: from, mine, theirs }, choice);
    // Places in lists may shift by it: what was typed meanwhile goes into the text first.
    while (this.batches.length > 0 || this.view.source !== mine) {
      await this.absorb();
      mine = this.view.source;
      merged = await this.reader.merge({ base: from, mine, theirs }, choice);
    }
    if (merged.conflicts.length > 0) {
      this.show({ contested: { conflicts: merged.conflicts, from, theirs, revision } });
      return;
    }
    this.base = { revision, source: theirs };
    if (merged.source !== mine) {
      // A text that was given up whole stays one step of undo away; of other changes one's own are.
      if (choice instanceof Map && choice.has('')) this.history.note(mine, '', Date.now());
      else this.history.rebase({ before: mine, after: merged.source });
      this.adopt(merged.source, merged.reading);
    }
    this.show({ contested: null, revision });
    if (merged.source === theirs) this.isSaved();
    else this.scheduleSave(SAVE_MS);
  }

  /** What holds where both changed the same; by clause, as a person chose. */
  async resolve(choice: ReadonlyMap<string, Side>): Promise<void> {
    await this.flush();
    await this.queued(async () => {
      const { contested } = this.view;
      if (contested === null) return;
      await this.integrate(contested.from, contested.theirs, contested.revision, choice);
    });
    if (this.remote !== undefined) await this.takeRemote();
  }

  private scheduleSave(ms: number): void {
    this.later('save', ms, () => void this.saveNow());
  }

  /** Sends the text when it differs from the server's; done once what stands there now was sent or could not be. */
  async saveNow(): Promise<void> {
    await this.flush();
    while (this.saving !== undefined) await this.saving;
    if (this.closed || this.view.contested !== null || !this.view.mayWrite) return;
    const { source } = this.view;
    if (source === this.base.source) {
      this.isSaved();
      return;
    }
    this.saving = this.send(source);
    await this.saving;
    if (this.remote !== undefined) await this.takeRemote();
  }

  private async send(source: string): Promise<void> {
    clearTimeout(this.timers.save);
    this.keepLocally();
    this.show({ save: { is: 'saving' } });
    try {
      const saved = await this.server.save({ revision: this.base.revision, source });
      this.failures = 0;
      await this.queued(() => this.afterSave(source, saved));
    } catch (error) {
      if (error instanceof ServerSays) this.show({ save: { is: 'refused', reason: error.message } });
      else {
        this.show({ save: { is: 'offline' } });
        this.scheduleSave(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)] ?? 30_000);
        this.failures += 1;
      }
    } finally {
      this.saving = undefined;
    }
  }

  private async afterSave(sent: string, saved: Saved): Promise<void> {
    if (saved.status === 'conflict') {
      const now = await this.server.draft(this.base.revision);
      this.markChanges(now);
      await this.integrate(this.base.source, saved.source, saved.revision);
      return;
    }
    if (saved.merged && saved.source !== sent) {
      const now = await this.server.draft(this.base.revision);
      this.markChanges(now);
      this.base = { revision: saved.revision, source: saved.source };
      await this.integrate(sent, saved.source, saved.revision);
      return;
    }
    this.base = { revision: saved.revision, source: saved.source };
    this.show({ revision: saved.revision });
    if (this.view.source === saved.source) this.isSaved();
    else this.scheduleSave(SAVE_MS);
  }

  private isSaved(): void {
    if (this.typed().length > 0) return;
    this.local.clear();
    this.show({ save: { is: 'saved' } });
  }

  /** Written down in this browser at once: for a tab that is closed before the server has it. */
  keepLocally(): void {
    if (!this.view.mayWrite) return;
    const edits = this.typed();
    if (edits.length === 0 && this.view.source === this.base.source) return;
    this.local.write({ base: this.base.source, source: this.view.source, edits });
  }

  /** Reads the text as it stands. Within the queue. */
  private async readNow(): Promise<void> {
    clearTimeout(this.timers.read);
    const { source } = this.view;
    const reading = await this.reader.read(source);
    if (source === this.view.source) this.showReading(reading);
  }

  private adopt(source: string, reading: DraftReading, tag?: string): void {
    if (tag !== undefined && source !== this.view.source)
      this.history.note(this.view.source, tag, Date.now());
    this.show({ source, save: source === this.base.source ? this.view.save : { is: 'unsaved' } });
    this.showReading(reading);
  }

  private showReading(reading: DraftReading): void {
    const { document } = reading;
    if (document === null) {
      this.show({ reading, readable: false });
      return;
    }
    const typed = editValue(document, this.typed());
    this.show({ reading, readable: true, document: isGroup(typed) ? typed : {} });
  }

  private queued<T>(work: () => Promise<T>): Promise<T> {
    const done = this.work.then(work);
    this.work = done.catch(() => {});
    return done;
  }

  private later(timer: 'flush' | 'read' | 'save', ms: number, work: () => void): void {
    clearTimeout(this.timers[timer]);
    if (!this.closed) this.timers[timer] = setTimeout(work, ms);
  }

  private show(change: Partial<DraftView>): void {
    this.view = {
      ...this.view,
      ...change,
      canUndo: this.history.canUndo || this.batches.length > 0,
      canRedo: this.history.canRedo,
    };
    for (const listener of this.listeners) listener();
  }
}

/** The clause a path of the form names, as issues, comments and marks name it. */
export function clauseOf(document: Group, path: Path): string {
  return clausePath(document, path);
}

/** A value of the form by its path. */
export function fieldValue(view: DraftView, path: Path): unknown {
  return valueAt(view.document, path);
}

function isGroup(value: unknown): value is Group {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function samePath(a: Path, b: Path): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

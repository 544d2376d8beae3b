/** A state of the text that one can go back to. `rebases` counts the changes of others that had come in by then. */
export interface Moment {
  source: string;
  rebases: number;
}

/** What others changed while one wrote: the text just before and just after. */
export interface Rebase {
  before: string;
  after: string;
}

const MOST = 300;
/** Keys of one word or value are undone together. */
const TOGETHER_MS = 1000;

/**
 * What was written before and after, in both views alike. What others changed is no step of it: going back brings only
 * one's own changes back, on the text as others have it by then.
 */
export class History {
  private past: Moment[] = [];
  private future: Moment[] = [];
  private readonly rebases: Rebase[] = [];
  private tag = '';
  private at = 0;

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** Notes the text as it was before a change; changes of one `tag` in quick succession are one step. */
  note(source: string, tag: string, now: number): void {
    const together = tag !== '' && tag === this.tag && now - this.at < TOGETHER_MS && this.past.length > 0;
    this.tag = tag;
    this.at = now;
    this.future = [];
    if (together) return;
    this.past.push({ source, rebases: this.rebases.length });
    if (this.past.length > MOST) this.past.shift();
  }

  /** Others' changes came in. */
  rebase(rebase: Rebase): void {
    this.rebases.push(rebase);
    this.tag = '';
  }

  /** The moment to go to, and the changes of others to bring into it; undefined when there is none. */
  step(direction: 'undo' | 'redo', now: string): { moment: Moment; rebases: readonly Rebase[] } | undefined {
    const [from, to] = direction === 'undo' ? [this.past, this.future] : [this.future, this.past];
    const moment = from.pop();
    if (moment === undefined) return undefined;
    to.push({ source: now, rebases: this.rebases.length });
    this.tag = '';
    return { moment, rebases: this.rebases.slice(moment.rebases) };
  }
}

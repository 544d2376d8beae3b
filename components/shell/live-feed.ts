export type LiveState = 'connecting' | 'live' | 'away';
type Changes = Record<string, readonly string[]>;

/** The topic listeners are told when changes of any topic may have been missed. */
export const ANYTHING = 'anything';

/** Under a stream of changes a screen refetches at most this often. */
const PACE_MS = 1000;
const RETRY_MS = [1000, 2000, 5000, 10_000, 30_000];
/** A hidden tab lets go of its connection after a while: browsers allow six per host, and people open many tabs. */
const HIDDEN_MS = 60_000;

/** The tab's one event stream: reconnects, paces what it hears, and catches up after having been away. */
export class LiveFeed {
  state: LiveState = 'connecting';
  private source: EventSource | undefined;
  private readonly changeListeners = new Set<(topic: string, ids: readonly string[]) => void>();
  private readonly stateListeners = new Set<() => void>();
  private pending = new Set<string>();
  private pace: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private hidden: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;

  constructor(
    private readonly parse: (text: string) => Changes,
    private readonly invalidate: (topics: readonly string[] | 'all') => void,
  ) {}

  /** Connects; returns what ends it. */
  start(): () => void {
    const onVisibility = () => {
      clearTimeout(this.hidden);
      if (document.hidden) {
        this.hidden = setTimeout(() => this.disconnect(), HIDDEN_MS);
      } else {
        this.connect();
        this.flush();
      }
    };
    document.addEventListener('visibilitychange', onVisibility);
    this.connect();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      clearTimeout(this.hidden);
      clearTimeout(this.pace);
      this.pace = undefined;
      this.disconnect();
    };
  }

  onChange = (listener: (topic: string, ids: readonly string[]) => void): (() => void) => {
    this.changeListeners.add(listener);
    return () => this.changeListeners.delete(listener);
  };

  onState = (listener: () => void): (() => void) => {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  };

  private connect(): void {
    if (this.source !== undefined) return;
    clearTimeout(this.retry);
    const source = new EventSource('/api/events');
    this.source = source;
    source.onopen = () => {
      this.failures = 0;
      this.become('live');
      // What happened while nobody listened, since the page was rendered too, is not sent again.
      this.lookAgain();
    };
    source.onmessage = (event) => {
      if (typeof event.data === 'string') this.hear(this.parse(event.data));
    };
    source.onerror = () => {
      if (this.source !== source) return;
      this.become('away');
      // While it is CONNECTING the browser tries again by itself; after an HTTP error it gives up.
      if (source.readyState !== EventSource.CLOSED) return;
      this.disconnect();
      const wait = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
      this.failures += 1;
      this.retry = setTimeout(() => this.connect(), wait);
    };
  }

  private disconnect(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
  }

  private lookAgain(): void {
    this.invalidate('all');
    for (const listener of this.changeListeners) listener(ANYTHING, []);
  }

  private hear(changes: Changes): void {
    const entries = Object.entries(changes);
    if (entries.length === 0) {
      this.lookAgain();
      return;
    }
    for (const [topic, ids] of entries) {
      this.pending.add(topic);
      for (const listener of this.changeListeners) listener(topic, ids);
    }
    if (!document.hidden && this.pace === undefined) this.flush();
  }

  /** At once, then not again before the pace allows: what comes meanwhile goes together. */
  private flush(): void {
    if (this.pending.size === 0) return;
    const topics = [...this.pending];
    this.pending = new Set();
    this.invalidate(topics);
    this.pace = setTimeout(() => {
      this.pace = undefined;
      if (!document.hidden) this.flush();
    }, PACE_MS);
  }

  private become(state: LiveState): void {
    if (this.state === state) return;
    this.state = state;
    for (const listener of this.stateListeners) listener();
  }
}

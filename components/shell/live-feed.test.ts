import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ANYTHING, LiveFeed } from './live-feed';

/** A browser's EventSource as far as the feed uses it; the test speaks for the server. */
class Source {
  static readonly CLOSED = 2;
  static all: Source[] = [];
  static get last(): Source {
    const source = Source.all.at(-1);
    if (source === undefined) throw new Error('nothing has connected');
    return source;
  }
  readyState = 0;
  onopen = () => {};
  onmessage = (_: { data: string }) => {};
  onerror = () => {};
  constructor(readonly url: string) {
    Source.all.push(this);
  }
  close() {
    this.readyState = Source.CLOSED;
  }
  opens() {
    this.readyState = 1;
    this.onopen();
  }
  says(changes: Record<string, string[]>) {
    this.onmessage({ data: JSON.stringify(changes) });
  }
  /** As after an HTTP error: the browser will not try again. */
  fails() {
    this.readyState = Source.CLOSED;
    this.onerror();
  }
}

let page = Object.assign(new EventTarget(), { hidden: false });
let asked: (readonly string[] | 'all')[];
let feed: LiveFeed;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('EventSource', Source);
  page = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal('document', page);
  Source.all = [];
  asked = [];
  feed = new LiveFeed(
    (text) => JSON.parse(text),
    (topics) => asked.push(topics),
  );
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function hide(hidden: boolean) {
  page.hidden = hidden;
  page.dispatchEvent(new Event('visibilitychange'));
}

test('the first change is shown at once, a stream of them once a second', () => {
  feed.start();
  Source.last.opens();
  asked.length = 0;
  Source.last.says({ run: ['a'] });
  expect(asked).toEqual([['run']]);
  for (let i = 0; i < 20; i++) Source.last.says({ run: [String(i)], incident: ['x'] });
  expect(asked).toHaveLength(1);
  vi.advanceTimersByTime(1000);
  expect(asked).toEqual([['run'], ['run', 'incident']]);
  vi.advanceTimersByTime(5000);
  expect(asked).toHaveLength(2);
});

test('listeners are told which things changed, each time', () => {
  const heard: unknown[] = [];
  const stop = feed.onChange((topic, ids) => heard.push([topic, ids]));
  feed.start();
  Source.last.says({ run: ['a', 'b'] });
  Source.last.says({ run: [] });
  stop();
  Source.last.says({ run: ['c'] });
  expect(heard).toEqual([
    ['run', ['a', 'b']],
    ['run', []],
  ]);
});

test('what happened between the rendering of the page and its first connection is looked at', () => {
  const heard: unknown[] = [];
  feed.onChange((topic) => heard.push(topic));
  feed.start();
  expect(asked).toEqual([]);
  Source.last.opens();
  expect(asked).toEqual(['all']);
  expect(heard).toEqual([ANYTHING]);
});

test('after an interruption everything is looked at again', () => {
  const states: string[] = [];
  feed.onState(() => states.push(feed.state));
  feed.start();
  Source.last.opens();
  Source.last.fails();
  expect(feed.state).toBe('away');
  vi.advanceTimersByTime(1000);
  expect(Source.all).toHaveLength(2);
  Source.last.opens();
  expect(asked).toEqual(['all', 'all']);
  expect(states).toEqual(['live', 'away', 'live']);
});

test('a server that stays away is asked ever more seldom', () => {
  feed.start();
  Source.last.opens();
  for (const wait of [1000, 2000, 5000, 10_000, 30_000, 30_000]) {
    const before = Source.all.length;
    Source.last.fails();
    vi.advanceTimersByTime(wait - 1);
    expect(Source.all).toHaveLength(before);
    vi.advanceTimersByTime(1);
    expect(Source.all).toHaveLength(before + 1);
  }
});

test('a hidden tab asks for nothing, lets go after a minute, and catches up when looked at', () => {
  feed.start();
  Source.last.opens();
  asked.length = 0;
  hide(true);
  Source.last.says({ run: ['a'] });
  expect(asked).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(Source.last.readyState).toBe(Source.CLOSED);
  hide(false);
  expect(Source.all).toHaveLength(2);
  Source.last.opens();
  expect(asked).toContain('all');
});

test('a tab hidden for a moment keeps its connection and shows what came meanwhile', () => {
  feed.start();
  Source.last.opens();
  hide(true);
  Source.last.says({ run: ['a'] });
  vi.advanceTimersByTime(5000);
  hide(false);
  expect(Source.all).toHaveLength(1);
  expect(asked).toEqual(['all', ['run']]);
});

test('the server’s word that something was missed makes everything fresh', () => {
  feed.start();
  Source.last.opens();
  asked.length = 0;
  Source.last.says({});
  expect(asked).toEqual(['all']);
});

test('leaving the page ends the connection for good', () => {
  const stop = feed.start();
  Source.last.opens();
  Source.last.says({ run: ['a'] });
  stop();
  Source.last.onerror();
  vi.advanceTimersByTime(120_000);
  expect(Source.all).toHaveLength(1);
  expect(Source.last.readyState).toBe(Source.CLOSED);
});

import type { JsonValue } from '@/lib/telemetry/span';

/**
 * A dict as Python prints it: `{'city': 'Bonn', 'days': 3, 'exact': True}`. Python tracers that record a call with
 * `str(arguments)` send this. Dicts, lists, tuples, strings, numbers, True, False and None are read; anything else
 * (an object's `<repr>`, a set, bytes) makes the whole undefined.
 *
 * @param maxDepth levels of dicts and lists; deeper text is undefined
 */
export function pythonDict(text: string, maxDepth: number): JsonValue | undefined {
  const reader = new Reader(text, maxDepth);
  const value = reader.value(0);
  return value !== undefined && reader.atEnd() ? value : undefined;
}

const NUMBER = /[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/y;
const WORD = /True|False|None/y;
const SPACE = /\s*/y;
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]))/y;
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
]);
const WORDS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['True', true],
  ['False', false],
  ['None', null],
]);

class Reader {
  private at = 0;

  constructor(
    private readonly text: string,
    private readonly maxDepth: number,
  ) {}

  atEnd(): boolean {
    this.skipSpace();
    return this.at === this.text.length;
  }

  value(depth: number): JsonValue | undefined {
    this.skipSpace();
    switch (this.text[this.at]) {
      case '{':
        return depth < this.maxDepth ? this.dict(depth + 1) : undefined;
      case '[':
        return depth < this.maxDepth ? this.items(']', depth + 1) : undefined;
      case '(':
        return depth < this.maxDepth ? this.items(')', depth + 1) : undefined;
      case "'":
      case '"':
        return this.string();
      default: {
        const word = this.match(WORD);
        if (word !== null) return WORDS.get(word);
        const number = Number(this.match(NUMBER) ?? Number.NaN);
        return Number.isFinite(number) ? number : undefined;
      }
    }
  }

  private dict(depth: number): JsonValue | undefined {
    const entries: [string, JsonValue][] = [];
    this.at++;
    while (!this.takes('}')) {
      const key = this.value(depth);
      if (typeof key !== 'string' || !this.takes(':')) return undefined;
      const value = this.value(depth);
      if (value === undefined) return undefined;
      entries.push([key, value]);
      if (!this.takes(',')) {
        if (this.takes('}')) break;
        return undefined;
      }
    }
    return Object.fromEntries(entries);
  }

  private items(close: string, depth: number): JsonValue | undefined {
    const items: JsonValue[] = [];
    this.at++;
    while (!this.takes(close)) {
      const value = this.value(depth);
      if (value === undefined) return undefined;
      items.push(value);
      if (!this.takes(',')) {
        if (this.takes(close)) break;
        return undefined;
      }
    }
    return items;
  }

  private string(): string | undefined {
    const quote = this.text[this.at];
    let result = '';
    let from = ++this.at;
    while (this.at < this.text.length) {
      const next = this.text[this.at];
      if (next === quote) {
        result += this.text.slice(from, this.at++);
        return result;
      }
      if (next !== '\\') {
        this.at++;
        continue;
      }
      result += this.text.slice(from, this.at);
      const character = this.unescaped();
      if (character === undefined) return undefined;
      result += character;
      from = this.at;
    }
    return undefined;
  }

  private unescaped(): string | undefined {
    ESCAPE.lastIndex = this.at;
    const found = ESCAPE.exec(this.text);
    if (found === null) return undefined;
    this.at = ESCAPE.lastIndex;
    const [, byte, unit, point, character] = found;
    if (character !== undefined) return ESCAPED.get(character);
    const code = Number.parseInt(byte ?? unit ?? point ?? '', 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
  }

  private takes(character: string): boolean {
    this.skipSpace();
    if (this.text[this.at] !== character) return false;
    this.at++;
    return true;
  }

  private skipSpace(): void {
    this.match(SPACE);
  }

  private match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found === null) return null;
    this.at = pattern.lastIndex;
    return found[0];
  }
}

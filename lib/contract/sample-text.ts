/**
 * Text that fits a regular expression, for arguments of an example call; null when the expression says more than this reads:
 * literals, classes, `\d` `\w` `\s`, groups (their first branch), and how often. The answer is held against the
 * expression itself, so what it gives does fit. Pure.
 */
export function sampleText(pattern: string, least = 0): string | null {
  const reader = new Reader(pattern);
  const text = reader.branches();
  if (text === null || !reader.ended) return null;
  const padded = text.length < least && !pattern.endsWith('$') ? text.padEnd(least, 'x') : text;
  try {
    return new RegExp(pattern, 'u').test(padded) ? padded : null;
  } catch {
    return null;
  }
}

/** A class stands for one character of it. */
const CLASSES: Readonly<Record<string, string>> = { d: '1', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };
const MOST_REPEATS = 64;

class Reader {
  private at = 0;
  private digit = 0;

  constructor(private readonly pattern: string) {}

  get ended(): boolean {
    return this.at >= this.pattern.length;
  }

  /** One branch after another; the first counts. */
  branches(): string | null {
    const first = this.sequence();
    while (this.pattern[this.at] === '|') {
      this.at += 1;
      if (this.sequence() === null) return null;
    }
    return first;
  }

  private sequence(): string | null {
    let text = '';
    while (!this.ended && this.pattern[this.at] !== '|' && this.pattern[this.at] !== ')') {
      const began = this.at;
      const atom = this.atom();
      if (atom === null) return null;
      const times = this.times();
      if (times === null || times > MOST_REPEATS) return null;
      for (let n = 0; n < times; n += 1) {
        if (n === 0) {
          text += atom;
          continue;
        }
        // Read again, so that digits go on counting: 123456 looks like a number somebody had.
        const after = this.at;
        this.at = began;
        text += this.atom() ?? '';
        this.at = after;
      }
    }
    return text;
  }

  private atom(): string | null {
    const character = this.pattern[this.at] ?? '';
    this.at += 1;
    if (character === '^' || character === '$') return '';
    if (character === '.') return 'x';
    if (character === '\\') {
      const escaped = this.pattern[this.at] ?? '';
      this.at += 1;
      if (escaped === 'd') return this.nextDigit();
      if (escaped in CLASSES) return CLASSES[escaped] ?? null;
      return /[a-zA-Z0-9]/.test(escaped) ? null : escaped;
    }
    if (character === '[') return this.class();
    if (character === '(') {
      if (this.pattern.startsWith('?:', this.at)) this.at += 2;
      else if (this.pattern[this.at] === '?') return null;
      const inner = this.branches();
      if (this.pattern[this.at] !== ')') return null;
      this.at += 1;
      return inner;
    }
    return '*+?{}'.includes(character) ? null : character;
  }

  private class(): string | null {
    const end = this.pattern.indexOf(']', this.at + 1);
    const inside = end < 0 ? '' : this.pattern.slice(this.at, end);
    if (inside === '' || inside.startsWith('^')) return null;
    this.at = end + 1;
    if (inside.startsWith('\\d') || inside.startsWith('0-9')) return this.nextDigit();
    if (inside.startsWith('\\')) return CLASSES[inside[1] ?? ''] ?? inside[1] ?? null;
    return inside[0] ?? null;
  }

  /** How often the last atom stands there; null for what cannot be. */
  private times(): number | null {
    const rest = this.pattern.slice(this.at);
    const counted = /^\{(\d+)(,\d*)?\}/.exec(rest);
    const sign = counted?.[0] ?? (/^[*+?]/.test(rest) ? (rest[0] ?? '') : '');
    this.at += sign.length;
    if (sign !== '' && this.pattern[this.at] === '?') this.at += 1;
    if (counted !== null) return Number(counted[1]);
    return sign === '*' || sign === '?' ? 0 : 1;
  }

  private nextDigit(): string {
    this.digit = (this.digit % 9) + 1;
    return String(this.digit);
  }
}

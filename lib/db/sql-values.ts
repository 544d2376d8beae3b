/** Collects the values of a hand-written statement; `add` answers the placeholder that stands for one. */
export class SqlValues {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

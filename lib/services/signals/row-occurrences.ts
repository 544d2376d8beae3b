const LEAST = 1024;

/**
 * Counts how often each row of a file was met, by the digest of its text. In 32 bytes a distinct row at most, outside the heap: a
 * file of millions of rows without ids stays small. Two digests that begin alike count as one row.
 */
export class RowOccurrences {
  /** Three figures a place: the first and second 32 bits of a digest, and how often it was met; 0 times: free. */
  #places = new Uint32Array(3 * LEAST);
  #size = LEAST;
  #used = 0;

  get bytes(): number {
    return this.#places.byteLength;
  }

  /**
   * Which such row this is: 1, 2, …
   *
   * @param digest at least 16 hexadecimal digits
   */
  next(digest: string): number {
    const high = Number.parseInt(digest.slice(0, 8), 16);
    const low = Number.parseInt(digest.slice(8, 16), 16);
    const at = this.#placeOf(high, low);
    const met = (this.#places[at + 2] ?? 0) + 1;
    this.#put(at, high, low, met);
    if (met === 1) {
      this.#used += 1;
      if (this.#used > this.#size * 0.75) this.#grow();
    }
    return met;
  }

  /** Where it stands, or would. */
  #placeOf(high: number, low: number): number {
    const places = this.#places;
    for (let place = high % this.#size; ; place = place + 1 === this.#size ? 0 : place + 1) {
      const at = 3 * place;
      if (places[at + 2] === 0 || (places[at] === high && places[at + 1] === low)) return at;
    }
  }

  #put(at: number, high: number, low: number, met: number): void {
    this.#places[at] = high;
    this.#places[at + 1] = low;
    this.#places[at + 2] = met;
  }

  #grow(): void {
    const before = this.#places;
    this.#size *= 2;
    this.#places = new Uint32Array(3 * this.#size);
    for (let at = 0; at < before.length; at += 3) {
      const [high, low, met] = [before[at] ?? 0, before[at + 1] ?? 0, before[at + 2] ?? 0];
      if (met > 0) this.#put(this.#placeOf(high, low), high, low, met);
    }
  }
}

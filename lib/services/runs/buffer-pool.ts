/**
 * Buffers of one size that are used again and again. Fresh ones of this size cost more than the memory: the collector
 * hurries when much lies outside its heap, and the system hands out each page anew.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];

  /** @param most how many are kept; what is given back beyond that goes to the collector */
  constructor(
    private readonly size: number,
    private readonly most: number,
  ) {}

  /** A buffer of at least `size` bytes, with whatever was in it. */
  take(size = this.size): Buffer {
    return (
      (size <= this.size ? this.#free.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(size, this.size))
    );
  }

  /** Only when nobody reads it any more. */
  give(buffer: Buffer): void {
    if (buffer.length === this.size && this.#free.length < this.most) this.#free.push(buffer);
  }
}

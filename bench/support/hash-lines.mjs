// @ts-check
/** The reference of `verify`, in a process of its own: SHA-256 of each line of a file, and nothing else. Prints how many. */
import { hash } from 'node:crypto';
import { createReadStream } from 'node:fs';

const path = process.argv[2] ?? '';
let rest = Buffer.alloc(0);
let lines = 0;
for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
  const bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece]);
  let from = 0;
  for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
    hash('sha256', bytes.subarray(from, to));
    lines += 1;
    from = to + 1;
  }
  rest = bytes.subarray(from);
}
console.log(lines);

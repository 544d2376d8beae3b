/**
 * How soon something came to be, in milliseconds: the shortest of up to five times, ending with the first within what is
 * promised. The promise is of the product; a machine that does other work may keep it waiting once, and not each time.
 */
export async function soonest(promisedMs: number, once: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5 && least >= promisedMs; attempt += 1)
    least = Math.min(least, await once());
  return least;
}

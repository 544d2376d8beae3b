import { writeFile } from 'node:fs/promises';
import { EXIT, Failure, type Outcome } from '../outcome';
import type { Server } from '../server';

/** An agent's contract, byte for byte as it was authored: a version of it, or the draft that is being written. */
export async function pull(
  agent: string,
  options: { version?: string | undefined; draft: boolean; out?: string | undefined },
  server: Server,
): Promise<Outcome> {
  const path = `contracts/${encodeURIComponent(agent)}`;
  const query = options.version === undefined ? '' : `?version=${encodeURIComponent(options.version)}`;
  const response = await server.find(options.draft ? `${path}/draft?any=true` : `${path}${query}`);
  if (response === null)
    throw new Failure(
      EXIT.server,
      options.draft ? `No draft of ${agent} is open.` : `There is no contract of ${agent} there.`,
    );
  const source = await response.text();
  const tag = response.headers.get('etag');
  const version = response.headers.get('x-contract-version');
  const revision = response.headers.get('x-draft-revision');
  if (options.out !== undefined) {
    try {
      await writeFile(options.out, source);
    } catch (error) {
      throw new Failure(
        EXIT.usage,
        `${options.out} cannot be written: ${error instanceof Error ? error.message : error}.`,
      );
    }
  }
  const what = options.draft ? `draft at revision ${revision}` : `version ${version}`;
  return {
    exit: EXIT.ok,
    lines:
      options.out === undefined
        ? [source.replace(/\n$/, '')]
        : [
            `${options.out}: ${what} of ${agent}.`,
            ...(options.draft && tag !== null ? [`To push onto it: --onto '${tag}'`] : []),
          ],
    json: {
      agent,
      ...(options.draft ? { revision: Number(revision) } : { version: Number(version) }),
      etag: tag,
      source,
    },
  };
}

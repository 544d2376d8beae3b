import { type Change, diffContracts } from '@/lib/contract/diff';
import { valueWords } from '@/lib/contract/diff-words';
import { parseContract } from '@/lib/contract/parse';
import { routeOf } from '@/lib/contract/route';
import type { Contract } from '@/lib/contract/schema';
import { plural } from '@/lib/format';
import { EXIT, Failure, type Outcome } from '../outcome';
import { parsedFile } from '../read';
import type { Server } from '../server';

export const FAIL_ON = ['any', 'wider'] as const;

/** What changed from one contract to another, and the route it takes. Either may be the server's: `server:<agent>[@<version>]`. */
export async function diffFiles(
  before: string,
  after: string,
  options: { failOn?: (typeof FAIL_ON)[number] | undefined; server: () => Promise<Server> },
): Promise<Outcome> {
  const changes = diffContracts(await load(before, options.server), await load(after, options.server));
  const { route } = routeOf(changes);
  const wider = changes.filter((change) => change.direction === 'wider');
  const fails =
    (options.failOn === 'any' && changes.length > 0) || (options.failOn === 'wider' && wider.length > 0);
  return {
    exit: fails ? EXIT.found : EXIT.ok,
    lines:
      changes.length === 0
        ? ['Nothing changed.']
        : [
            ...changes.map(line),
            '',
            `${plural(changes.length, 'change')}, ${wider.length} of them wider. Route: ${ROUTES[route ?? 'g6']}.`,
          ],
    json: { changes, route },
  };
}

const ROUTES = {
  g6: 'G6, a tweak that is signed again',
  build: 'Build, gates G3 to G5 reopen',
  scoping: 'Scoping, gates G2 to G5 reopen',
} as const;

function line({ clause, direction, kind, before, after, why }: Change): string {
  const value = (of: unknown) => shortened(valueWords(clause, of) ?? 'nothing');
  const what =
    kind === 'added'
      ? `added ${value(after)}`
      : kind === 'removed'
        ? `removed ${value(before)}`
        : `${value(before)} → ${value(after)}`;
  return `${direction.padEnd(8)} ${clause}  ${what}\n         ${why}`;
}

function shortened(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}

async function load(name: string, server: () => Promise<Server>): Promise<Contract> {
  const [, agent, version] = /^server:([^@]+)(?:@(\d+))?$/.exec(name) ?? [];
  if (agent === undefined) return parsedFile(name);
  const response = await (await server()).request(
    `contracts/${encodeURIComponent(agent)}${version === undefined ? '' : `?version=${version}`}`,
    { headers: { accept: 'application/json' } },
  );
  const parsed = parseContract(await response.text(), 'json');
  if (!parsed.ok) throw new Failure(EXIT.server, `The server's contract of ${agent} could not be read.`);
  return parsed.contract;
}

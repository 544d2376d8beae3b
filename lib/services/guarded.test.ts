import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/**
 * Pages, routes, server actions and the runtime plane reach the database through services alone. This test reads the
 * sources and holds each service they call, where it reaches the database, to asking `authorize()` or `can()`, itself or
 * through what it calls. What cannot ask, since nobody is known yet or the machine itself acts, is named with its reason.
 */
const UNGUARDED: Record<string, string> = {
  'audit/seal-entries#sealEntries': 'the sealer’s own queue',
  'audit/seal-entries#signDueCheckpoints': 'the sealer’s own queue',
  'drills/end-overdue#endOverdueDrills': 'a plane ends drills whose time is up, as the system',
  'drills/planes#beat': 'a plane says that it is there',
  'drills/planes#leave': 'a plane says that it is gone',
  'drills/serve-planes#reportAsPlane': 'a plane says what it has in its memory',
  'drills/watch-drills#watchDrills': 'a plane’s own timer',
  'health/database-answers#databaseAnswers': 'says whether the database answers, nothing of what is in it',
  'health/leave-database#leaveDatabase': 'closes this process’s connections as it ends',
  'instance-keys/current-key#ensureInstanceKey': 'makes the instance’s key at its first start',
  'keys/authenticate-key#authenticateKey': 'finds out whose key it is',
  'keys/authenticate-key#knownKey': 'finds out whose key it is, from memory',
  'outbox/lease#leaseDue': 'the worker’s own queue',
  'outbox/lease#releaseLeases': 'the worker’s own queue',
  'outbox/lease#renewLeases': 'the worker’s own queue',
  'outbox/lease#untilNextDue': 'the worker’s own queue',
  'outbox/record-attempt#recordAttempt': 'the worker’s own queue',
  'outbox/watch-outbox#watchOutbox': 'the worker’s own queue',
  'pages/due-pages#leasePages': 'the timers’ own queue',
  'pages/due-pages#pagesDueWithin': 'the timers’ own queue',
  'pages/due-pages#watchPages': 'the timers’ own queue',
  'pages/fire-page#firePage': 'an escalation step falls due, as the system',
  'pages/send-digest#sendDigest': 'a digest falls due, as the system',
  'passkeys/sign-in#beginPasskeySignIn': 'nobody is known yet',
  'passkeys/sign-in#signInWithPasskey': 'nobody is known yet',
  'people/load-session#loadSession': 'finds out who is signed in',
  'people/set-password#changeOwnPassword': 'one’s own, shown to know it by the password before',
  'people/set-password#setPasswordByLink': 'whoever holds the link, once',
  'people/set-password#whoseLink': 'whoever holds the link',
  'people/sign-in#signIn': 'nobody is known yet',
  'people/sign-in#signInToDemo': 'nobody is known yet; the demo only',
  'people/sign-in-by-oidc#signInByOidc': 'nobody is known yet',
  'people/switch-workspace#switchWorkspace': 'one’s own memberships',
  'rollups/fold-rollups#foldRollups': 'a plane folds what runs add, and reads none of it',
  'rollups/fold-rollups#foldWords': 'a plane writes the words of runs, and reads none of them',
  'signals/follow-runs#sweepWaiting': 'a plane’s own timer',
  'workspaces/create-demo-workspace#findDemoWorkspace': 'whether there is a demo to enter',
  'workspaces/first-visit#doors': 'what the first page offers before anybody is known',
  'workspaces/list-own-workspaces#listOwnWorkspaces': 'one’s own memberships',
};

const ROOT = process.cwd();
const CALLERS = ['app', 'components', 'runtime', 'lib/auth'];

interface Module {
  file: string;
  /** Local name → module and exported name it stands for. */
  imports: Map<string, { file: string; name: string }>;
  /** Functions of the module by their local names. */
  functions: Map<string, ts.Node>;
  exports: Set<string>;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((file) => !file.includes('/testing/'));
}

/** `@/lib/x` and `./x` as a path from the root without its ending; null for packages. */
function resolved(from: string, specifier: string): string | null {
  if (specifier.startsWith('@/')) return specifier.slice(2);
  if (!specifier.startsWith('.')) return null;
  return join(from, '..', specifier).split(sep).join('/');
}

function read(file: string): Module {
  const source = ts.createSourceFile(
    file,
    readFileSync(join(ROOT, file), 'utf8'),
    ts.ScriptTarget.Latest,
    true,
  );
  const found: Module = {
    file: file.replace(/\.tsx?$/, ''),
    imports: new Map(),
    functions: new Map(),
    exports: new Set(),
  };
  for (const statement of source.statements) {
    const exported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some((one) => one.kind === ts.SyntaxKind.ExportKeyword);
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const target = resolved(found.file, statement.moduleSpecifier.text);
      const clause = statement.importClause;
      const named = clause?.namedBindings;
      if (target === null || clause === undefined || clause.isTypeOnly || named === undefined) continue;
      if (!ts.isNamedImports(named))
        throw new Error(`${file} imports everything of ${target}: name what it takes`);
      for (const one of named.elements)
        if (!one.isTypeOnly)
          found.imports.set(one.name.text, { file: target, name: (one.propertyName ?? one.name).text });
    } else if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
      found.functions.set(statement.name.text, statement);
      if (exported) found.exports.add(statement.name.text);
    } else if (ts.isClassDeclaration(statement) && statement.name !== undefined) {
      found.functions.set(statement.name.text, statement);
      if (exported) found.exports.add(statement.name.text);
    } else if (ts.isVariableStatement(statement)) {
      for (const one of statement.declarationList.declarations) {
        const made = one.initializer;
        if (!ts.isIdentifier(one.name) || made === undefined || !holdsFunction(made)) continue;
        found.functions.set(one.name.text, made);
        if (exported) found.exports.add(one.name.text);
      }
    }
  }
  return found;
}

/** A function, or one that is wrapped: `cache(async () => …)`. A table of values is none. */
function holdsFunction(node: ts.Expression): boolean {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) return true;
  return ts.isCallExpression(node) && node.arguments.some(holdsFunction);
}

const modules = new Map(
  [...CALLERS, 'lib/services'].flatMap(sourceFiles).map((file) => {
    const one = read(file);
    return [one.file, one] as const;
  }),
);

/** Whether the function, or anything of ours it mentions, however deep, mentions what `wanted` says. */
function reaches(
  id: { file: string; name: string },
  wanted: (target: { file: string; name: string }) => boolean,
  seen = new Set<string>(),
): boolean {
  const module = modules.get(id.file);
  const node = module?.functions.get(id.name);
  const key = `${id.file}#${id.name}`;
  if (module === undefined || node === undefined || seen.has(key)) return false;
  seen.add(key);
  let found = false;
  const visit = (at: ts.Node): void => {
    if (found) return;
    if (ts.isIdentifier(at)) {
      const target = module.imports.get(at.text) ?? { file: module.file, name: at.text };
      found = wanted(target) || reaches(target, wanted, seen);
    }
    if (!found) ts.forEachChild(at, visit);
  };
  ts.forEachChild(node, visit);
  return found;
}

const asks = (id: { file: string; name: string }): boolean =>
  reaches(id, ({ file, name }) => file === 'lib/auth/can' && (name === 'authorize' || name === 'can'));
const touchesData = (id: { file: string; name: string }): boolean =>
  reaches(id, ({ file }) => file.startsWith('lib/db/'));

/** Every service function that is called from outside the services and reaches the database. */
const reached = new Map(
  [...modules.values()]
    .filter((one) => !one.file.startsWith('lib/services/'))
    .flatMap((one) => [...one.imports.values()])
    .filter((target) => target.file.startsWith('lib/services/') && touchesData(target))
    .map((target): [string, typeof target] => [
      `${target.file.slice('lib/services/'.length)}#${target.name}`,
      target,
    ])
    .sort(([one], [other]) => (one < other ? -1 : 1)),
);

describe('what pages, routes and planes call of the services', () => {
  test('is found by reading the sources', () => {
    expect([...reached.keys()]).toContain('contracts/put-in-force#putInForce');
    expect(reached.size).toBeGreaterThan(80);
  });
  test.each([...reached].filter(([id]) => !(id in UNGUARDED)))('%s asks who may', (_, target) => {
    expect(asks(target)).toBe(true);
  });
  test('is excused by name only where it needs to be', () => {
    const unneeded = Object.keys(UNGUARDED).filter((id) => {
      const target = reached.get(id);
      return target === undefined || asks(target);
    });
    expect(unneeded).toEqual([]);
  });
});

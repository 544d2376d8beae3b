import { parseArgs } from 'node:util';
import { EXIT, type Exit, Failure, type Outcome } from './outcome';

const USAGE = `countersign: contracts as code

  countersign lint <file…>                 read and lint contracts, offline
      --strict                             warnings fail too
      --defaults <file>                    the workspace defaults that contracts extend
  countersign diff <before> <after>        what changed, which way, and its route
      --fail-on any|wider                  exit 1 when there are such changes
  countersign test <scenarios…>            run scenario files against their contracts, offline
      --contract <file>                    instead of the one they name
      --defaults <file>
      --coverage                           and the clauses no scenario exercises
      --junit <file>                       results for a build server
  countersign pull <agent>                 the contract in force, byte for byte
      --version <n> | --draft              another version, or the draft that is open
      --out <file>                         into a file
  countersign push <file…>                 send contracts as drafts
      --onto <etag>                        the draft revision they were made on (see pull --draft)
      --force                              over whatever stands in the draft
  countersign tools import                 send a server's list of tools to the catalogue
      --stdio "<command>" | --http <url> | --openapi <file>
      --server <name>                      what contracts call it
      --header "Name: value"               for --http
  countersign evals push <file>            send eval results (promptfoo, JUnit, CSV); exit 1 below the quality bar
      --agent <name>                       whose results they are
      --version <n>                        of its contract; the newest when left out
  countersign verify <file>                verify an exported record or a run's receipt, offline
      --key <file>                         the instance's public key, as you have it from elsewhere

  <before> and <after> are files, or server:<agent>[@<version>].
  --json prints JSON. --url, or COUNTERSIGN_URL, is the dashboard; COUNTERSIGN_KEY an API key of scope author.
  Exit: 0 well, 1 faults or differences found, 2 called wrongly, 3 server refused or out of reach, 4 the draft has moved.
`;

const OPTIONS = {
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  url: { type: 'string' },
  strict: { type: 'boolean', default: false },
  defaults: { type: 'string' },
  'fail-on': { type: 'string' },
  contract: { type: 'string' },
  coverage: { type: 'boolean', default: false },
  junit: { type: 'string' },
  version: { type: 'string' },
  draft: { type: 'boolean', default: false },
  out: { type: 'string', short: 'o' },
  onto: { type: 'string' },
  force: { type: 'boolean', default: false },
  stdio: { type: 'string' },
  http: { type: 'string' },
  openapi: { type: 'string' },
  server: { type: 'string' },
  agent: { type: 'string' },
  header: { type: 'string' },
  key: { type: 'string', multiple: true },
} as const;

/** Which options a command knows, besides those all do. */
const KNOWN: Record<string, readonly (keyof typeof OPTIONS)[]> = {
  lint: ['strict', 'defaults'],
  diff: ['fail-on'],
  test: ['contract', 'defaults', 'coverage', 'junit'],
  pull: ['version', 'draft', 'out'],
  push: ['onto', 'force'],
  tools: ['stdio', 'http', 'openapi', 'server', 'header'],
  evals: ['agent', 'version'],
  verify: ['key'],
};
const EVERYWHERE = ['json', 'help', 'url'];

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new Failure(EXIT.usage, error instanceof Error ? error.message : String(error));
  }
}

/** Each command is read when it is called: the whole of them takes longer to load than most take to run. */
async function run(argv: readonly string[]): Promise<Outcome> {
  const { values, positionals } = parsed(argv);
  const [command, ...rest] = positionals;
  if (values.help || command === undefined || command === 'help')
    return {
      exit: values.help || command === 'help' ? EXIT.ok : EXIT.usage,
      lines: [USAGE],
      json: { usage: USAGE },
    };
  const known = KNOWN[command];
  if (known === undefined)
    throw new Failure(
      EXIT.usage,
      `There is no command "${command}". Commands: ${Object.keys(KNOWN).join(', ')}.`,
    );
  for (const [name, value] of Object.entries(values))
    if (
      value !== undefined &&
      value !== false &&
      !EVERYWHERE.includes(name) &&
      !known.some((each) => each === name)
    )
      throw new Failure(EXIT.usage, `${command} knows no --${name}.`);
  const server = async () => (await import('./server')).serverOf(process.env, values.url);
  const some = (what: string) => {
    if (rest.length === 0) throw new Failure(EXIT.usage, `${command} needs ${what}.`);
    return rest;
  };
  const now = new Date();
  switch (command) {
    case 'lint':
      return (await import('./commands/lint')).lintFiles(some('the files to lint'), {
        defaults: values.defaults,
        strict: values.strict,
        today: now.toISOString().slice(0, 10),
      });
    case 'diff': {
      const { diffFiles, FAIL_ON } = await import('./commands/diff');
      const [before, after, more] = rest;
      const failOn = FAIL_ON.find((each) => each === values['fail-on']);
      if (before === undefined || after === undefined || more !== undefined)
        throw new Failure(EXIT.usage, 'diff needs two contracts: before and after.');
      if (values['fail-on'] !== undefined && failOn === undefined)
        throw new Failure(EXIT.usage, `--fail-on is ${FAIL_ON.join(' or ')}.`);
      return diffFiles(before, after, { failOn, server });
    }
    case 'test':
      return (await import('./commands/test')).testFiles(some('the scenario files to run'), {
        contract: values.contract,
        defaults: values.defaults,
        coverage: values.coverage,
        junit: values.junit,
        now: now.getTime(),
      });
    case 'pull': {
      const [agent, more] = some('the name of an agent');
      if (agent === undefined || more !== undefined) throw new Failure(EXIT.usage, 'pull takes one agent.');
      if (values.draft && values.version !== undefined)
        throw new Failure(EXIT.usage, 'Either --draft or --version: a draft is no version yet.');
      return (await import('./commands/pull')).pull(
        agent,
        { version: values.version, draft: values.draft, out: values.out },
        await server(),
      );
    }
    case 'push':
      if (values.force && values.onto !== undefined)
        throw new Failure(EXIT.usage, 'Either --onto or --force: one names a revision, the other any.');
      return (await import('./commands/push')).push(
        some('the files to push'),
        { onto: values.onto, force: values.force },
        await server(),
      );
    case 'evals': {
      const [verb, file, more] = rest;
      if (verb !== 'push' || file === undefined || more !== undefined)
        throw new Failure(EXIT.usage, 'evals knows one thing: countersign evals push <file>.');
      return (await import('./commands/evals')).pushEvals(
        file,
        { agent: values.agent, version: values.version },
        await server(),
      );
    }
    case 'verify': {
      const [file, more] = some('the record or receipt to verify');
      if (file === undefined || more !== undefined) throw new Failure(EXIT.usage, 'verify takes one file.');
      return (await import('./commands/verify')).verifyFile(file, values.key ?? []);
    }
    default:
      if (rest.length !== 1 || rest[0] !== 'import')
        throw new Failure(EXIT.usage, 'tools knows one thing: countersign tools import.');
      return (await import('./commands/tools')).importTools(
        {
          stdio: values.stdio,
          http: values.http,
          openapi: values.openapi,
          header: values.header,
          name: values.server,
        },
        server,
      );
  }
}

/** Runs a command, prints what it says, and answers how it ended. Results go to stdout, complaints to stderr. */
export async function main(argv: readonly string[]): Promise<Exit> {
  const asJson = argv.includes('--json');
  try {
    const { exit, lines, json } = await run(argv);
    process.stdout.write(asJson ? `${JSON.stringify(json, null, 2)}\n` : `${lines.join('\n')}\n`);
    return exit;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (asJson) process.stdout.write(`${JSON.stringify(error.json, null, 2)}\n`);
    process.stderr.write(`${[error.message, ...error.lines].join('\n')}\n`);
    return error.exit;
  }
}

process.exitCode = await main(process.argv.slice(2));

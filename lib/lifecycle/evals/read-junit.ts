import { SaxesParser } from 'saxes';
import { AppError } from '@/lib/errors';
import { cleanName } from '@/lib/evidence/clean-name';
import { checkedCount, type EvalResults, type EvalSample, faulty } from './eval-results';

interface Suite {
  name: string | null;
  /** Of the suite's properties: which criterion its cases speak of. */
  criterion: string | null;
}

interface Case {
  name: string;
  className: string | null;
  line: number;
  /** What it is known by for finding it twice. */
  key: string;
  criterion: string | null;
  score: number | null;
  state: 'passed' | 'failed' | 'broke' | 'skipped';
}

/** Deeper than any report is. */
const MOST_DEPTH = 100;

/**
 * A JUnit report (`testsuites` or `testsuite`). A case speaks of the criterion that its property `criterion` or `metric`
 * names, or its suite's; else of what its class, suite or itself is called. Passed is 1 and failed or broken 0, unless its
 * property `score` says a number. Skipped cases count for nothing.
 *
 * Entities are never expanded: a report with a document type, or with other entities than XML's own, is refused. Throws
 * `invalid` with the line.
 */
export function readJunit(xml: string): EvalResults {
  const parser = new SaxesParser({ position: true, xmlns: false });
  const suites: Suite[] = [];
  const path: string[] = [];
  const seen = new Map<string, number>();
  const samples: EvalSample[] = [];
  let current: Case | null = null;
  let ranAt: number | null = null;
  let skipped = 0;
  let errored = 0;

  parser.on('error', (error) => {
    throw faulty(`This is not well-formed XML: ${error.message.replace(/^\d+:\d+: /, '')}`, {
      line: parser.line,
    });
  });
  parser.on('doctype', () => {
    throw faulty('A report has no document type (DOCTYPE); take it out.', { line: parser.line });
  });
  parser.on('opentag', ({ name, attributes }) => {
    path.push(name);
    if (path.length > MOST_DEPTH)
      throw faulty('It is nested too deeply for a report.', { line: parser.line });
    if (path.length === 1 && name !== 'testsuites' && name !== 'testsuite')
      throw faulty(
        `A JUnit report begins with <testsuites> or <testsuite>; this begins with <${name.slice(0, 50)}>.`,
        { line: parser.line },
      );
    if (name === 'testsuite') {
      suites.push({ name: cleanName(attributes.name ?? ''), criterion: null });
      const at = timeOf(attributes.timestamp);
      if (at !== null && (ranAt === null || at > ranAt)) ranAt = at;
    } else if (name === 'testcase') {
      current = caseOf(attributes, suites, parser.line);
    } else if (name === 'property') {
      takeProperty(attributes, current, suites.at(-1), parser.line);
    } else if (current !== null && current.state !== 'broke') {
      if (name === 'error') current.state = 'broke';
      else if (name === 'failure') current.state = 'failed';
      else if (name === 'skipped' && current.state === 'passed') current.state = 'skipped';
    }
  });
  parser.on('closetag', ({ name }) => {
    path.pop();
    if (name === 'testsuite') suites.pop();
    if (name !== 'testcase' || current === null) return;
    const done = current;
    current = null;
    const before = seen.get(done.key);
    if (before !== undefined)
      throw faulty(
        `"${done.name}" was on line ${before} already. Give cases names of their own, so that none is counted twice.`,
        { line: done.line },
      );
    seen.set(done.key, done.line);
    if (done.state === 'skipped') {
      skipped += 1;
      return;
    }
    if (done.state === 'broke') errored += 1;
    samples.push(sampleOf(done, suites));
  });

  try {
    parser.write(xml).close();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw faulty('This is not well-formed XML.', { line: parser.line });
  }
  return checkedCount({
    format: 'junit',
    tool: null,
    ranAt: ranAt === null ? null : new Date(ranAt),
    samples,
    skipped,
    errored,
  });
}

type Attributes = Readonly<Record<string, string>>;

function caseOf(attributes: Attributes, suites: readonly Suite[], line: number): Case {
  const name = cleanName(attributes.name ?? '') ?? 'unnamed case';
  const className = cleanName(attributes.classname ?? '');
  return {
    name: className === null ? name : `${className} › ${name}`,
    className,
    line,
    key: JSON.stringify([...suites.map((suite) => suite.name), attributes.classname, attributes.name]),
    criterion: null,
    score: null,
    state: 'passed',
  };
}

function takeProperty(
  attributes: Attributes,
  current: Case | null,
  suite: Suite | undefined,
  line: number,
): void {
  const value = attributes.value ?? '';
  const about = current ?? suite;
  if (about === undefined) return;
  if (attributes.name === 'criterion' || attributes.name === 'metric') about.criterion = cleanName(value);
  if (attributes.name !== 'score' || current === null) return;
  const score = value.trim() === '' ? Number.NaN : Number(value);
  if (!Number.isFinite(score))
    throw faulty(`The score of "${current.name}" is "${value.slice(0, 40)}", which is not a number.`, {
      line,
    });
  current.score = score;
}

function sampleOf(done: Case, suites: readonly Suite[]): EvalSample {
  const broke = done.state === 'broke';
  const suiteNames = suites.map((suite) => suite.name).reverse();
  const names = [
    done.criterion,
    ...suites.map((suite) => suite.criterion).reverse(),
    // The whole name has its class in front; a criterion may go by either part.
    done.className === null ? done.name : done.name.slice(done.className.length + 3),
    ...suiteNames,
    done.className,
  ].filter((each) => each !== null);
  const [first, ...rest] = names;
  return {
    names: first === undefined ? [done.name] : [first, ...rest],
    case: done.name,
    score: broke ? 0 : (done.score ?? (done.state === 'passed' ? 1 : 0)),
    share: done.score === null,
    count: 1,
  };
}

/** Reports mostly leave the zone out; they mean UTC. */
function timeOf(text: string | undefined): number | null {
  if (text === undefined || !/^\d{4}-\d\d-\d\dT/.test(text)) return null;
  const at = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(at) ? null : at;
}

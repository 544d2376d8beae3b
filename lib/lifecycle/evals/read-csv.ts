import { parse } from 'csv-parse/sync';
import { cleanName } from '@/lib/evidence/clean-name';
import { checkedCount, type EvalResults, type EvalSample, faulty } from './eval-results';

/** What a column may be called, by what is in it. */
const COLUMNS = {
  name: ['criterion', 'metric', 'clause', 'name'],
  case: ['case', 'test', 'test case', 'input', 'id'],
  passed: ['passed', 'pass', 'success', 'result'],
  score: ['score', 'value'],
  samples: ['samples', 'cases', 'count', 'n'],
} as const;
type Column = keyof typeof COLUMNS;

const PASSED: Readonly<Record<string, number>> = {
  true: 1,
  yes: 1,
  pass: 1,
  passed: 1,
  ok: 1,
  '1': 1,
  false: 0,
  no: 0,
  fail: 0,
  failed: 0,
  error: 0,
  '0': 0,
};

/**
 * A table with a header: which criterion (`criterion`, `metric`, `clause` or `name`), how it went (`passed` or `score`),
 * and either which case (`case`) or how many cases a row stands for (`samples`). Commas, semicolons or tabs; a byte-order
 * mark, decimal commas (beside semicolons) and per cent are read.
 *
 * Throws `invalid` with the line: unknown or doubled columns, rows of another length, what is no number, a row twice.
 */
export function readCsv(text: string): EvalResults {
  const delimiter = delimiterOf(text);
  const rows = rowsOf(text, delimiter);
  const [header, ...body] = rows;
  if (header === undefined) throw faulty('There is nothing in it.');
  const columns = columnsOf(header.cells);
  const seen = new Map<string, number>();
  const samples = body.map(({ cells, line }): EvalSample => {
    if (cells.length !== header.cells.length)
      throw faulty(`It has ${cells.length} fields, and the header has ${header.cells.length}.`, { line });
    const cell = (column: Column) => cells[columns.get(column) ?? -1]?.trim() ?? '';
    const name = cleanName(cell('name'));
    if (name === null) throw faulty('It does not say which criterion it is about.', { line });
    const named = cleanName(cell('case'));
    const key = JSON.stringify([name, named]);
    const before = seen.get(key);
    // Rows without a case are cases of their own, unless they are totals.
    if (before !== undefined && (named !== null || columns.has('samples')))
      throw faulty(
        `"${named === null ? name : `${name}, ${named}`}" was on line ${before} already, and would be counted twice.`,
        { line },
      );
    seen.set(key, line);
    return {
      names: [name],
      case: named ?? `line ${line}`,
      count: columns.has('samples') ? countOf(cell('samples'), line) : 1,
      ...(cell('score') === '' ? passedOf(cell('passed'), line) : scoreOf(cell('score'), delimiter, line)),
    };
  });
  return checkedCount({ format: 'csv', tool: null, ranAt: null, samples, skipped: 0, errored: 0 });
}

function rowsOf(text: string, delimiter: string): { cells: string[]; line: number }[] {
  const rows: { cells: string[]; line: number }[] = [];
  let line = 1;
  try {
    for (const cells of parse(text, {
      bom: true,
      delimiter,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (record: string[], info) => {
        line = info.lines;
        rows.push({ cells: record, line });
        return record;
      },
    }))
      if (cells.length === 0) break;
  } catch (error) {
    const at = /line (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    throw faulty('A quotation mark is missing, or stands where none may.', {
      line: at === undefined ? line : Number(at),
    });
  }
  return rows;
}

/** Whichever of the three the header has most of. */
function delimiterOf(text: string): string {
  const header = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/, 1)[0] ?? '';
  const count = (each: string) => header.split(each).length;
  return [',', ';', '\t'].reduce((best, each) => (count(each) > count(best) ? each : best));
}

function columnsOf(header: readonly string[]): Map<Column, number> {
  const columns = new Map<Column, number>();
  header.forEach((title, index) => {
    const words = title
      .trim()
      .toLowerCase()
      .replace(/[_\s-]+/g, ' ');
    for (const [column, titles] of Object.entries(COLUMNS)) {
      if (!titles.some((each) => each === words) || !isColumn(column)) continue;
      const before = columns.get(column);
      // "name" beside "criterion" is what the case is called.
      if (column === 'name' && words === 'name' && before !== undefined && !columns.has('case'))
        columns.set('case', index);
      else if (column === 'name' && before !== undefined && header[before]?.trim().toLowerCase() === 'name') {
        columns.set('case', before);
        columns.set('name', index);
      } else if (before !== undefined)
        throw faulty(
          `Two columns say the same: "${cleanName(header[before] ?? '')}" and "${cleanName(title)}".`,
          { line: 1 },
        );
      else columns.set(column, index);
    }
  });
  if (!columns.has('name'))
    throw faulty('The header has no column "criterion" (or metric, clause, name).', { line: 1 });
  if (!columns.has('passed') && !columns.has('score'))
    throw faulty('The header has no column "passed" or "score".', { line: 1 });
  return columns;
}

function isColumn(text: string): text is Column {
  return Object.hasOwn(COLUMNS, text);
}

function passedOf(cell: string, line: number): { score: number; share: boolean } {
  const score = PASSED[cell.toLowerCase()];
  if (score === undefined || !Object.hasOwn(PASSED, cell.toLowerCase()))
    throw faulty(
      cell === ''
        ? 'It says neither whether it passed nor a score.'
        : `"${cell.slice(0, 40)}" says neither passed nor failed.`,
      { line },
    );
  return { score, share: true };
}

function scoreOf(cell: string, delimiter: string, line: number): { score: number; share: boolean } {
  const percent = /\s*%$/.test(cell);
  const digits = cell.replace(/\s*%$/, '');
  const plain = delimiter === ';' && /^[+-]?\d+,\d+$/.test(digits) ? digits.replace(',', '.') : digits;
  const score = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
  if (!Number.isFinite(score)) throw faulty(`The score "${cell.slice(0, 40)}" is not a number.`, { line });
  return percent ? { score: score / 100, share: true } : { score, share: false };
}

function countOf(cell: string, line: number): number {
  if (!/^[1-9]\d{0,8}$/.test(cell))
    throw faulty(`"${cell.slice(0, 40)}" samples: a whole number of at least 1 is needed.`, { line });
  return Number(cell);
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contract, contractSchema } from '@/lib/contract/schema';
import { AppError } from '@/lib/errors';
import { aContract } from '@/lib/services/testing/a-contract';
import { evalsDetailSchema, type JudgedCriterion, judgeEvals } from './judge-evals';
import { readCsv } from './read-csv';
import { readJunit } from './read-junit';
import { readResults } from './read-results';

const NOW = new Date('2026-11-21T12:00:00Z');

function contractWith(...criteria: Partial<Contract['quality']['criteria'][number]>[]): Contract {
  return contractSchema.parse(
    aContract({
      quality: {
        criteria: criteria.map((each, index) => ({
          id: `criterion-${index}`,
          statement: 'It is right.',
          signal: 'eval' as const,
          metric: 'correct-amount',
          comparison: '>=' as const,
          target: 0.8,
          windowDays: 30,
          leastSamples: 10,
          freshnessDays: 7,
          ...each,
        })),
      },
    }),
  );
}

function read(text: string) {
  return readResults(Buffer.from(text));
}
function judge(contract: Contract, text: string, earlier: readonly JudgedCriterion[] = []) {
  return judgeEvals(contract, read(text), null, earlier, NOW);
}
function refusal(work: () => unknown): AppError {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error('It was taken.');
}
/** `good` of `all` cases passed. */
function passes(good: number, all: number): string {
  const rows = Array.from({ length: all }, (_, index) => `correct-amount,case ${index},${index < good}`);
  return ['criterion,case,passed', ...rows].join('\n');
}
function promptfoo(results: unknown[], over: object = {}): string {
  return JSON.stringify({
    evalId: 'eval-x',
    results: {
      version: 3,
      timestamp: '2026-11-20T09:00:00.000Z',
      prompts: [],
      results,
      stats: { successes: 0, failures: 0, errors: 0 },
    },
    config: {},
    shareableUrl: null,
    metadata: { promptfooVersion: '0.120.1', nodeVersion: 'v20', platform: 'linux', arch: 'x64' },
    ...over,
  });
}

describe('eval results against the quality bar', () => {
  it('fails 53% against an 80% target and says which clause', () => {
    const judged = judge(contractWith({ id: 'right-amount' }), passes(53, 100));
    expect(judged).toMatchObject({
      outcome: 'failed',
      clause: 'quality/criteria/right-amount',
      summary: '53% against the 80% target of quality/criteria/right-amount, over 100 samples.',
    });
    expect(judged.detail.criteria[0]).toMatchObject({ verdict: 'not-met', value: 0.53, samples: 100 });
    expect(judged.detail.criteria[0]?.worst).toHaveLength(5);
    expect(evalsDetailSchema.parse(JSON.parse(JSON.stringify(judged.detail)))).toEqual(judged.detail);
  });

  it('passes what is exactly on the target', () => {
    expect(judge(contractWith({}), passes(8, 10)).outcome).toBe('passed');
    const shares = Array.from({ length: 10 }, (_, n) => `correct-amount,c${n},0.8`).join('\n');
    expect(judge(contractWith({}), `criterion,case,score\n${shares}`).outcome).toBe('passed');
  });

  it('takes the lowest as best where the criterion compares so', () => {
    const contract = contractWith({ comparison: '<=', target: 0.02, metric: 'harm' });
    expect(judge(contract, 'metric,score,samples\nharm,0.01,500').outcome).toBe('passed');
    expect(judge(contract, 'metric,score,samples\nharm,0.03,500').detail.criteria[0]?.verdict).toBe(
      'not-met',
    );
  });

  it('calls too few samples too few, never good', () => {
    const judged = judge(contractWith({ id: 'right-amount' }), passes(9, 9));
    expect(judged).toMatchObject({
      outcome: 'failed',
      summary: '9 of at least 10 samples for quality/criteria/right-amount: too few to tell.',
    });
  });

  it('fails when a criterion has no results at all, and lists what fits none', () => {
    const judged = judge(
      contractWith({ metric: 'tone' }, { metric: 'correct-amount' }),
      `${passes(10, 10)}\nspeed,case 0,true`,
    );
    expect(judged.outcome).toBe('failed');
    expect(judged.summary).toBe(
      'No results for quality/criteria/criterion-0. 1 result name bound to no criterion.',
    );
    expect(judged.detail.unbound).toEqual([{ name: 'speed', value: 1, samples: 1 }]);
  });

  it('binds by id, metric or clause, whatever the case, hyphens and spaces', () => {
    const contract = contractWith({ id: 'right-amount', leastSamples: 4 });
    const rows = ['Correct Amount', 'correct_amount', 'RIGHT-AMOUNT', 'quality/criteria/right-amount'];
    const judged = judge(contract, `name,passed\n${rows.map((row) => `${row},yes`).join('\n')}`);
    expect(judged).toMatchObject({ outcome: 'passed', detail: { unbound: [] } });
  });

  it('keeps what was found out for other criteria while it is fresh', () => {
    const contract = contractWith({ metric: 'correct-amount' }, { metric: 'tone' });
    const first = judge(contract, passes(10, 10));
    expect(first.outcome).toBe('failed');
    const tone = 'metric,score,samples\ntone,0.9,50';
    const second = judge(contract, tone, first.detail.criteria);
    expect(second).toMatchObject({ outcome: 'passed', summary: 'All 2 eval criteria reach their targets.' });
    expect(second.detail.criteria.map(({ earlier }) => earlier)).toEqual([true, false]);
    const later = judgeEvals(
      contract,
      read(tone),
      null,
      first.detail.criteria,
      new Date(NOW.getTime() + 8 * 86_400_000),
    );
    expect(later.detail.criteria[0]?.verdict).toBe('stale');
    expect(later.outcome).toBe('failed');
  });

  it('says when results are older than the criterion lets them be', () => {
    const old = JSON.stringify({
      ranAt: '2026-11-01T00:00:00Z',
      results: [{ name: 'correct-amount', score: 0.9, samples: 99 }],
    });
    expect(judge(contractWith({}), old).summary).toContain('older than 7 days');
  });

  it('has nothing to hold results against where no criterion is an eval', () => {
    const judged = judge(contractWith({ signal: 'sme' }), passes(10, 10));
    expect(judged).toMatchObject({ outcome: 'failed', clause: 'quality/criteria' });
  });

  it('refuses a score off the scale, and reads per cent and other units as they are meant', () => {
    const error = refusal(() =>
      judge(contractWith({ id: 'right' }), 'metric,case,score\ncorrect-amount,a,53'),
    );
    expect(error).toMatchObject({ code: 'invalid' });
    expect(error.message).toContain('quality/criteria/right goes from 0 to 1');
    const percent = contractWith({ unit: '%', target: 80, leastSamples: 1 });
    expect(judge(percent, 'metric,score\ncorrect-amount,53%').summary).toContain(
      '53% against the 80% target',
    );
    expect(judge(percent, 'metric,passed\ncorrect-amount,true').detail.criteria[0]?.value).toBe(100);
    const stars = contractWith({ unit: 'stars', target: 4.2, leastSamples: 1 });
    expect(judge(stars, 'metric,score\ncorrect-amount,4.5').summary).toContain(
      '4.5 stars against the 4.2 stars',
    );
  });

  it('counts every sample once, whatever the names: bound and unbound make up the file', () => {
    const rows = fc.array(
      fc.record({
        name: fc.constantFrom('correct-amount', 'tone', 'other'),
        score: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 50 },
    );
    fc.assert(
      fc.property(rows, (results) => {
        const { detail } = judge(
          contractWith({ metric: 'correct-amount' }, { metric: 'tone' }),
          JSON.stringify({ results }),
        );
        const count = [...detail.criteria, ...detail.unbound].reduce((sum, each) => sum + each.samples, 0);
        expect(count).toBe(results.length);
        for (const { value } of detail.criteria)
          if (value !== null) expect(value).toBeGreaterThanOrEqual(-1e-9);
      }),
    );
  });
});

describe('promptfoo', () => {
  it('gives each named score and each test as a whole', () => {
    const results = read(
      promptfoo([
        { success: true, score: 1, namedScores: { 'correct-amount': 1 }, testIdx: 0, failureReason: 0 },
        {
          success: false,
          score: 0.5,
          namedScores: { 'correct-amount': 0.5 },
          failureReason: 1,
          testCase: { description: 'late refund', metadata: { criterion: 'right-amount' } },
        },
      ]),
    );
    expect(results).toMatchObject({
      format: 'promptfoo',
      tool: 'promptfoo 0.120.1',
      ranAt: new Date('2026-11-20T09:00:00Z'),
    });
    expect(results.samples).toEqual([
      { names: ['correct-amount'], case: 'test 1', score: 1, share: false, count: 1 },
      { names: ['test 1', 'pass rate'], case: 'test 1', score: 1, share: true, count: 1 },
      { names: ['correct-amount'], case: 'late refund', score: 0.5, share: false, count: 1 },
      {
        names: ['right-amount', 'late refund', 'pass rate'],
        case: 'late refund',
        score: 0,
        share: true,
        count: 1,
      },
    ]);
  });

  it('counts a test that broke as failed in all it would have measured', () => {
    const results = read(
      promptfoo([
        {
          success: false,
          score: 0,
          failureReason: 2,
          error: 'timeout',
          namedScores: {},
          testCase: {
            assert: [
              { type: 'equals', metric: 'correct-amount' },
              { type: 'assert-set', assert: [{ type: 'llm-rubric', metric: 'tone' }] },
              { type: 'equals', metric: '{{templated}}' },
            ],
          },
        },
      ]),
    );
    expect(results.errored).toBe(1);
    expect(results.samples.map(({ names, score }) => [names[0], score])).toEqual([
      ['correct-amount', 0],
      ['tone', 0],
      ['test 1', 0],
    ]);
  });

  it('is read without the file around the summary too', () => {
    const { results } = JSON.parse(promptfoo([{ success: true, score: 1 }]));
    expect(read(JSON.stringify(results)).samples).toHaveLength(1);
  });

  it.each([
    ['a score that is no number', [{ success: true, namedScores: { tone: null } }], 'is not a number'],
    ['a success that is none', [{ success: 'yes' }], 'results/0/success'],
    ['a score written as text', [{ success: true, namedScores: { tone: '0.5' } }], 'namedScores/tone'],
  ])('refuses %s and says where', (_, results, words) => {
    expect(refusal(() => read(promptfoo(results))).message).toContain(words);
  });

  it('refuses a file without results, and scores beyond all numbers', () => {
    expect(refusal(() => read(promptfoo([]))).code).toBe('invalid');
    const text = promptfoo([{ success: true, namedScores: { tone: 1 } }]).replace('"tone":1', '"tone":1e999');
    expect(refusal(() => read(text)).code).toBe('invalid');
  });
});

describe('JUnit', () => {
  const report = (inside: string) => `<?xml version="1.0"?>\n<testsuites>${inside}</testsuites>`;

  it('binds cases by property, class, suite or name', () => {
    const results = read(
      report(`<testsuite name="amounts" timestamp="2026-11-20T09:00:00">
        <properties><property name="metric" value="correct-amount"/></properties>
        <testcase classname="tests.Refund" name="late"/>
        <testcase classname="tests.Refund" name="early"><failure message="5 &lt; 6">x</failure></testcase>
        <testcase classname="tests.Refund" name="broken"><error/><system-out>log</system-out></testcase>
        <testcase classname="tests.Refund" name="later"><skipped/></testcase>
        <testcase name="rated"><properties><property name="criterion" value="tone"/><property name="score" value="0.7"/></properties></testcase>
      </testsuite>`),
    );
    expect(results).toMatchObject({ ranAt: new Date('2026-11-20T09:00:00Z'), skipped: 1, errored: 1 });
    expect(results.samples.map(({ names, score }) => [names[0], names.at(-1), score])).toEqual([
      ['correct-amount', 'tests.Refund', 1],
      ['correct-amount', 'tests.Refund', 0],
      ['correct-amount', 'tests.Refund', 0],
      ['tone', 'amounts', 0.7],
    ]);
    expect(results.samples[0]?.case).toBe('tests.Refund › late');
  });

  it('never expands entities, and takes no document type', () => {
    const bomb = `<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><testsuites><testcase name="&b;"/></testsuites>`;
    expect(refusal(() => read(bomb)).message).toContain('DOCTYPE');
    const foreign = report('\n<testsuite name="s">\n<testcase name="&x;"/></testsuite>');
    const error = refusal(() => read(foreign));
    expect(error.message).toMatch(/^Line 4: This is not well-formed XML/);
  });

  it.each([
    ['cut off', '<testsuites><testsuite name="a">', 'not well-formed'],
    ['another kind of XML', '<html></html>', 'begins with <testsuites>'],
    ['nested without end', '<testsuite>'.repeat(200), 'nested too deeply'],
    [
      'nothing that ran',
      report('<testsuite name="s"><testcase name="a"><skipped/></testcase></testsuite>'),
      'skipped',
    ],
    [
      'a case twice',
      report('<testsuite name="s">\n<testcase name="a"/>\n<testcase name="a"/></testsuite>'),
      'was on line 3 already',
    ],
    [
      'a score that is no number',
      report(
        '<testsuite name="s"><testcase name="a"><properties><property name="score" value="NaN"/></properties></testcase></testsuite>',
      ),
      'not a number',
    ],
  ])('refuses what is %s', (_, text, words) => {
    expect(refusal(() => readJunit(text)).message).toContain(words);
  });
});

describe('CSV', () => {
  it('reads what a spreadsheet saves: byte-order mark, semicolons, decimal commas, quotes', () => {
    const results = read('\ufeffCriterion;Case;Score\r\n"right; amount";"a ""b""";0,53\r\ntone;b;80 %\r\n');
    expect(results.samples).toEqual([
      { names: ['right; amount'], case: 'a "b"', score: 0.53, share: false, count: 1 },
      { names: ['tone'], case: 'b', score: 0.8, share: true, count: 1 },
    ]);
  });

  it('takes a name beside a criterion for the case', () => {
    for (const header of ['criterion,name,passed', 'name,criterion,passed'])
      expect(readCsv(`${header}\nx,y,true`).samples[0]).toMatchObject(
        header.startsWith('c') ? { names: ['x'], case: 'y' } : { names: ['y'], case: 'x' },
      );
  });

  it.each([
    ['no column of criteria', 'a,passed\nx,true', 'no column "criterion"'],
    ['no column of results', 'criterion,case\nx,y', 'no column "passed"'],
    ['two columns that say the same', 'criterion,score,value\nx,1,1', 'Two columns'],
    ['a row of another length', 'criterion,passed\nx,true,1', 'Line 2: It has 3 fields'],
    ['NaN', 'criterion,score\nx,NaN', 'Line 2: The score "NaN" is not a number'],
    ['infinity', 'criterion,score\nx,1e999', 'Line 2: The score "1e999"'],
    ['hexadecimal', 'criterion,score\nx,0x10', 'Line 2'],
    ['neither passed nor failed', 'criterion,passed\nx,maybe', '"maybe" says neither'],
    ['an object’s own name', 'criterion,passed\nx,constructor', 'says neither'],
    ['nothing said', 'criterion,passed,score\nx,,', 'neither whether it passed nor a score'],
    ['a case twice', 'criterion,case,passed\nx,a,true\nx,a,false', '"x, a" was on line 2 already'],
    ['totals twice', 'criterion,score,samples\nx,1,5\nx,1,5', '"x" was on line 2 already'],
    ['half a sample', 'criterion,score,samples\nx,1,0.5', 'a whole number of at least 1'],
    ['an open quotation mark', 'criterion,passed\n"x,true', 'quotation mark'],
    ['a header alone', 'criterion,passed', 'no result in it'],
  ])('refuses %s', (_, text, words) => {
    expect(refusal(() => readCsv(text)).message).toContain(words);
  });
});

describe('any file', () => {
  it.each([
    ['nothing', '', 'nothing in it'],
    ['broken JSON', '{"results": [', 'This is not JSON'],
    ['JSON with NaN', '{"results":[{"name":"x","score":NaN}]}', 'NaN is no number'],
    ['JSON of something else', '{"a":1}', '"results" is missing.'],
    ['both a score and passed', '{"results":[{"name":"x","score":1,"passed":true}]}', 'only one of them'],
    [
      'the same case twice',
      '{"results":[{"name":"x","case":"a","score":1},{"name":"x","case":"a","score":1}]}',
      'stands at results/0 already',
    ],
    ['a name of blanks', '{"results":[{"name":" ","score":1}]}', 'which criterion'],
  ])('refuses %s with what is wrong', (_, text, words) => {
    expect(refusal(() => read(text)).message).toContain(words);
  });

  it('refuses bytes that are no text', () => {
    expect(refusal(() => readResults(new Uint8Array([0xff, 0xfe, 0, 1]))).message).toContain('UTF-8');
  });

  it('never fails but with a clear refusal, whatever it is given', () => {
    const pieces = fc.constantFrom(
      '<testsuite>',
      '<testcase name="a"/>',
      '</testsuite>',
      '{',
      '}',
      '"results":',
      '[',
      ']',
      ',',
      ';',
      '\n',
      'criterion',
      'score',
      '1',
      '&amp;',
      '&x;',
      '<!--',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => {
        try {
          read(parts.join(''));
        } catch (error) {
          expect(error).toBeInstanceOf(AppError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

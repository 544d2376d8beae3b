import type { ScenarioResult } from '@/lib/contract/scenarios';

/** A scenario file, the contract it ran against, and what came out. */
export interface RunSuite {
  file: string;
  contract: string;
  results: ScenarioResult[];
}

/** Results as JUnit XML, which build servers show. */
export function junitOf(suites: readonly RunSuite[]): string {
  const body = suites.map(({ file, results }) => {
    const failures = results.filter((result) => !result.passed).length;
    const cases = results.map(({ name, passed, differences, answer }) => {
      const head = `    <testcase classname="${escaped(file)}" name="${escaped(name)}"`;
      if (passed) return `${head}/>`;
      const why = [...differences, ...answer.why.map((each) => `It said: ${each}`)].join('\n');
      return `${head}>\n      <failure message="${escaped(differences[0] ?? '')}">${escaped(why)}</failure>\n    </testcase>`;
    });
    return `  <testsuite name="${escaped(file)}" tests="${results.length}" failures="${failures}">\n${cases.join('\n')}\n  </testsuite>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${body.join('\n')}\n</testsuites>\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Characters that XML cannot hold at all are left out. */
function escaped(text: string): string {
  return (
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must go
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .replace(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
  );
}

import type { CaseKind } from '@/lib/services/evidence/state-case';

/** Fields that are texts; all others of these forms are numbers. */
const TEXTS = /(^|\/)(work|how|source|answer|why)$/;

/**
 * The fields of a form, named by their paths (`casesPerMonth/value`), as the value its schema reads. The share of errors is
 * typed in per cent. What is empty is left out, so that it is told as missing.
 */
export function caseForm(kind: CaseKind, fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const form: Record<string, unknown> = {};
  for (const [name, typed] of Object.entries(fields)) {
    if (typeof typed !== 'string' || typed.trim() === '') continue;
    const value = TEXTS.test(name)
      ? typed
      : kind === 'baseline' && name === 'errorRate/value'
        ? Number((Number(typed) / 100).toPrecision(12))
        : Number(typed);
    const [first = '', second] = name.split('/');
    if (second === undefined) form[first] = value;
    else form[first] = { ...groupOf(form[first]), [second]: value };
  }
  return form;
}

function groupOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

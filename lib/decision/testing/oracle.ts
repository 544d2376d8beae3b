/**
 * The specification in docs/decision.md, followed paragraph by paragraph, with no regard to speed. The tests compare
 * `evaluate` with it. It shares no code with lib/decision: only the shapes.
 */
import type {
  ActionClass,
  ArgumentSchema,
  Condition,
  Evaluation,
  Finding,
  IntendedCall,
  Lane,
  Obligation,
  Policy,
  RunState,
} from '../types';

type Verdict = 'yes' | 'no' | 'maybe' | 'undecided';
type Entry = Policy['tools'][string];
type Rule = Policy['authority']['rules'][number];

const STRICTNESS = ['allow', 'degrade', 'escalate', 'block'] as const;
const LEVELS = ['suggest-only', 'read-only', 'human-in-the-loop', 'bounded', 'continuous'] as const;
const TIERS = ['alone', 'approval', 'escalation', 'never'] as const;

/** Details of findings are for people and are left empty here, except where they are part of the specification. */
export function decide(policy: Policy, state: RunState, call: IntendedCall): Evaluation {
  const findings: Finding[] = [];
  const obligations: Obligation[] = [];
  const undecided: string[] = [];

  const known = new Map(Object.entries(policy.tools));
  const isListed = known.has(call.tool) && call.tool !== '*';
  const entryName = isListed ? call.tool : known.has('*') ? '*' : null;
  const entry = entryName === null ? undefined : known.get(entryName);
  const names = (tools: readonly string[]) => tools.includes(call.tool) || (!isListed && tools.includes('*'));

  // 0
  if (state.killSwitch !== null)
    findings.push({
      clause: 'failure/killSwitch',
      code: 'kill-switch',
      lane: 'block',
      detail: state.killSwitch,
    });
  // 0b
  const undoes = [
    ...(policy.failure?.compensations ?? []).map((one) => one.by),
    ...Object.values(policy.tools).flatMap((one) =>
      typeof one.reversible === 'object' ? [one.reversible.by] : [],
    ),
  ];
  const remedial = entry !== undefined && (entry.action === 'read' || undoes.includes(call.tool));
  if (state.held !== null && !(state.held.recover && remedial))
    findings.push({ clause: 'failure/ladder', code: 'agent-held', lane: 'block', detail: state.held.step });
  // 1
  if (state.status !== 'running')
    findings.push({ clause: 'run/status', code: 'run-not-running', lane: 'block', detail: state.status });
  // 2
  if (entry === undefined)
    findings.push({
      clause: `tools/${call.tool}`,
      code: 'tool-not-allowed',
      lane: 'block',
      detail: call.tool,
    });
  // 3
  for (const act of policy.scope.forbidden) {
    const touched = [...new Set(call.categories.filter((category) => act.categories.includes(category)))];
    const detail = names(act.tools)
      ? call.tool
      : entry !== undefined && act.actions.includes(entry.action)
        ? entry.action
        : touched.length > 0
          ? touched.join(', ')
          : null;
    if (detail !== null)
      findings.push({ clause: `scope/forbidden/${act.id}`, code: 'forbidden', lane: 'block', detail });
  }
  if (entry !== undefined && entryName !== null) {
    // 4
    const opens: Record<ActionClass, readonly string[]> = {
      read: ['read'],
      write: ['draft', 'execute'],
      transact: ['execute'],
    };
    if (!policy.scope.actions.some((action) => opens[entry.action].includes(action)))
      findings.push({
        clause: 'scope/actions',
        code: 'action-not-in-scope',
        lane: 'block',
        detail: entry.action,
      });
    // 5
    if (entry.arguments !== undefined) {
      const clause = `tools/${entryName}/arguments`;
      if (call.arguments === undefined) undecided.push(clause);
      else if (!fits(entry.arguments, call.arguments))
        findings.push({ clause, code: 'arguments-invalid', lane: 'block', detail: '' });
    }
    // 6
    const filters = new Map<string, Pick<Obligation, 'then' | 'categories'>>();
    for (const category of new Set(call.categories))
      if (!entry.categories.includes(category)) {
        const named = (entry.filter ?? []).filter((filter) => filter.categories.includes(category));
        const filter =
          named.find((one) => one.then === 'withhold') ??
          named.find((one) => one.then === 'mask') ??
          named.find((one) => one.then === 'review');
        const clause = `tools/${entryName}/filter/${filter?.id}`;
        if (filter === undefined || (call.sent ?? []).includes(category))
          findings.push({
            clause: `tools/${entryName}/categories`,
            code: 'category-not-allowed',
            lane: 'block',
            detail: category,
          });
        else if ((call.unfiltered ?? []).includes(category))
          findings.push({ clause, code: 'filter-not-applied', lane: 'block', detail: category });
        else {
          findings.push({ clause, code: 'filtered', lane: 'degrade', detail: category });
          const known = filters.get(filter.id);
          // biome-ignore lint/suspicious/noThenProperty: a word of the contract; its value is never a function
          filters.set(filter.id, { then: filter.then, categories: [...(known?.categories ?? []), category] });
        }
      }
    for (const [id, filter] of filters)
      obligations.push({ kind: 'filtered-output', clause: `tools/${entryName}/filter/${id}`, ...filter });
    // 7 and 8
    authority(policy, entry, names, state, call, findings, obligations, undecided);
    // 9
    if (entry.rateLimit !== undefined) {
      const { calls, per } = entry.rateLimit;
      const made =
        per === 'run'
          ? (new Map(Object.entries(state.callsByTool)).get(call.tool) ?? 0)
          : (new Map(Object.entries(state.callTimes)).get(call.tool) ?? []).filter(
              (time) =>
                time > call.at - { minute: 60, hour: 3600, day: 86400 }[per] * 1000 && time <= call.at,
            ).length;
      if (made >= calls)
        findings.push({
          clause: `tools/${entryName}/rateLimit`,
          code: 'rate-limit',
          lane: 'block',
          detail: '',
        });
    }
  }
  // 10 to 15
  const { cost } = policy;
  const ceiling = (key: keyof typeof cost.onBreach, code: Finding['code'], isBroken: boolean) => {
    if (!isBroken) return;
    const answer = cost.onBreach[key];
    const lane: Lane = answer === 'pause' ? 'block' : answer === 'page' ? 'escalate' : 'allow';
    findings.push({ clause: `cost/${key}`, code, lane, detail: '' });
    if (answer === 'page') obligations.push({ kind: 'escalation', clause: `cost/${key}` });
  };
  ceiling('callsPerRun', 'call-ceiling', cost.callsPerRun !== undefined && state.calls >= cost.callsPerRun);
  if (cost.repeatedCalls !== undefined) {
    if (call.argumentsDigest === undefined) undecided.push('cost/repeatedCalls');
    else {
      const ofTool = new Map(Object.entries(state.repeats)).get(call.tool) ?? {};
      const made = new Map(Object.entries(ofTool)).get(call.argumentsDigest) ?? 0;
      ceiling('repeatedCalls', 'repeated-call', made >= cost.repeatedCalls);
    }
  }
  ceiling(
    'tokensPerRun',
    'token-ceiling',
    cost.tokensPerRun !== undefined && state.tokens > cost.tokensPerRun,
  );
  ceiling('perRun', 'budget-run', cost.perRun !== undefined && state.costUsd > cost.perRun);
  ceiling('perDay', 'budget-day', cost.perDay !== undefined && state.agentDayCostUsd > cost.perDay);
  ceiling('perMonth', 'budget-month', cost.perMonth !== undefined && state.agentMonthCostUsd > cost.perMonth);

  const lane =
    STRICTNESS[Math.max(0, ...findings.map((finding) => STRICTNESS.indexOf(finding.lane)))] ?? 'block';
  return { lane, findings, obligations: lane === 'block' ? [] : obligations, undecided };
}

function authority(
  policy: Policy,
  entry: Entry,
  names: (tools: readonly string[]) => boolean,
  state: RunState,
  call: IntendedCall,
  findings: Finding[],
  obligations: Obligation[],
  undecided: string[],
): void {
  const { action } = entry;
  const level =
    LEVELS[Math.min(LEVELS.indexOf(policy.authority.level), LEVELS.indexOf(state.authorityLevel))];
  if ((level === 'suggest-only' || level === 'read-only') && action !== 'read')
    findings.push({ clause: 'authority/level', code: 'authority-level', lane: 'block', detail: level });
  if (level === 'suggest-only' && action === 'read') {
    findings.push({ clause: 'authority/level', code: 'authority-level', lane: 'degrade', detail: level });
    obligations.push({ kind: 'reviewed-output', clause: 'authority/level' });
  }

  const ask = (clause: string, rule: Pick<Rule, 'tier' | 'by' | 'withinMinutes'>) => {
    if (rule.tier === 'never') findings.push({ clause, code: 'never', lane: 'block', detail: '' });
    if (rule.tier === 'approval')
      findings.push({ clause, code: 'needs-approval', lane: 'escalate', detail: '' });
    if (rule.tier === 'escalation')
      findings.push({ clause, code: 'needs-escalation', lane: 'escalate', detail: '' });
    if (rule.tier === 'approval' || rule.tier === 'escalation') {
      const obligation: Obligation = { kind: rule.tier, clause };
      if (rule.by !== undefined) obligation.by = rule.by;
      if (rule.withinMinutes !== undefined) obligation.withinMinutes = rule.withinMinutes;
      obligations.push(obligation);
    }
  };
  const concerning = policy.authority.rules.filter(
    (rule) =>
      (rule.tools.length === 0 || names(rule.tools)) &&
      (rule.actions.length === 0 || rule.actions.includes(action)),
  );
  let asked = 0;
  for (const rule of concerning) {
    if (rule.tier === 'alone') continue;
    const verdict = all(rule.when.map((condition) => holds(condition, call, action)));
    if (verdict === 'undecided') undecided.push(`authority/${rule.id}`);
    if (verdict === 'yes' || verdict === 'maybe') {
      ask(`authority/${rule.id}`, rule);
      asked = Math.max(asked, TIERS.indexOf(rule.tier));
    }
  }
  const byDefault = policy.authority.defaults[action];
  if (TIERS.indexOf(byDefault) > asked) {
    const freeing = concerning
      .filter((rule) => rule.tier === 'alone')
      .map((rule) => ({ rule, verdict: all(rule.when.map((condition) => holds(condition, call, action))) }));
    const open = freeing.filter(({ verdict }) => verdict === 'undecided');
    if (!freeing.some(({ verdict }) => verdict === 'yes')) {
      if (open.length > 0)
        undecided.push(...open.map(({ rule }) => `authority/${rule.id}`), `authority/defaults/${action}`);
      else {
        ask(`authority/defaults/${action}`, { tier: byDefault });
        asked = TIERS.indexOf(byDefault);
      }
    }
  }
  if (level === 'human-in-the-loop' && action !== 'read' && asked === 0)
    ask('authority/level', { tier: 'approval' });
}

function all(verdicts: Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  if (verdicts.includes('undecided')) return 'undecided';
  return verdicts.includes('maybe') ? 'maybe' : 'yes';
}

function holds(condition: Condition, call: IntendedCall, action: ActionClass): Verdict {
  const { field, op } = condition;
  if (field === 'category') {
    if (call.categories.length > 0) return several(call.categories.map((one) => passes(condition, one)));
    if (op === '=' || op === 'in' || op === 'present') return 'no';
    if (op === '!=' || op === 'not-in' || op === 'absent') return 'yes';
    return 'maybe';
  }
  if (field === 'action') return passes(condition, action);
  if (field === 'tool') return passes(condition, call.tool);
  if (field.startsWith('arg.') && field !== 'arg.') {
    if (call.arguments === undefined) return 'undecided';
    const values = reached(call.arguments, field.slice('arg.'.length).split('.'), 0);
    return several(values.map((value) => (value === TOO_DEEP ? 'maybe' : passes(condition, value))));
  }
  return 'maybe';
}

function several(verdicts: Verdict[]): Verdict {
  if (verdicts.every((verdict) => verdict === 'yes')) return 'yes';
  if (verdicts.every((verdict) => verdict === 'no')) return 'no';
  return 'maybe';
}

const ABSENT = Symbol('absent');
const TOO_DEEP = Symbol('too deep');

/** Every value the path leads to, ABSENT for each branch on which it leads nowhere. */
function reached(value: unknown, path: string[], listsOpened: number): unknown[] {
  if (Array.isArray(value)) {
    if (listsOpened === 32) return [TOO_DEEP];
    if (value.length === 0) return [ABSENT];
    return value.flatMap((item) => reached(item, path, listsOpened + 1));
  }
  const [key, ...rest] = path;
  if (key === undefined) return [value];
  if (typeof value !== 'object' || value === null) return [ABSENT];
  const next = Object.entries(value).find(([name]) => name === key);
  return next === undefined ? [ABSENT] : reached(next[1], rest, listsOpened);
}

function passes(condition: Condition, value: unknown): Verdict {
  const sure = (answer: boolean): Verdict => (answer ? 'yes' : 'no');
  if (condition.op === 'present') return sure(value !== ABSENT);
  if (condition.op === 'absent') return sure(value === ABSENT);
  if (value === ABSENT) return 'maybe';
  switch (condition.op) {
    case '=':
      return sure(value === condition.value);
    case '!=':
      return sure(value !== condition.value);
    case 'in':
      return sure(condition.value.some((wanted) => wanted === value));
    case 'not-in':
      return sure(!condition.value.some((unwanted) => unwanted === value));
  }
  if (typeof value !== 'number') return 'maybe';
  switch (condition.op) {
    case '<':
      return sure(value < condition.value);
    case '<=':
      return sure(value <= condition.value);
    case '>':
      return sure(value > condition.value);
    case '>=':
      return sure(value >= condition.value);
  }
}

/** JSON Schema, keyword by keyword. */
function fits(schema: ArgumentSchema, value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  const types = {
    object: isObject,
    array: Array.isArray(value),
    string: typeof value === 'string',
    number: typeof value === 'number',
    integer: typeof value === 'number' && Number.isFinite(value) && Math.floor(value) === value,
    boolean: typeof value === 'boolean',
    null: value === null,
  };
  if (schema.type !== undefined && !types[schema.type]) return false;
  if (schema.const !== undefined && value !== schema.const) return false;
  if (schema.enum !== undefined && !schema.enum.some((allowed) => allowed === value)) return false;
  if (typeof value === 'number') {
    if (schema.minimum !== undefined && value < schema.minimum) return false;
    if (schema.maximum !== undefined && value > schema.maximum) return false;
    if (schema.exclusiveMinimum !== undefined && value <= schema.exclusiveMinimum) return false;
    if (schema.exclusiveMaximum !== undefined && value >= schema.exclusiveMaximum) return false;
  }
  if (typeof value === 'string') {
    const length = [...value].length;
    if (schema.minLength !== undefined && length < schema.minLength) return false;
    if (schema.maxLength !== undefined && length > schema.maxLength) return false;
    if (schema.pattern !== undefined) {
      let expression: RegExp;
      try {
        expression = new RegExp(schema.pattern, 'u');
      } catch {
        return false;
      }
      if (value.length > 10_000 || !expression.test(value)) return false;
    }
  }
  if (Array.isArray(value)) {
    const { items } = schema;
    if (schema.minItems !== undefined && value.length < schema.minItems) return false;
    if (schema.maxItems !== undefined && value.length > schema.maxItems) return false;
    if (items !== undefined && !value.every((item) => fits(items, item))) return false;
  } else if (typeof value === 'object' && value !== null) {
    const parts = new Map<string, unknown>(Object.entries(value));
    const expected = new Map(Object.entries(schema.properties ?? {}));
    for (const key of schema.required ?? []) if (!parts.has(key)) return false;
    for (const [key, part] of parts) {
      const inner = expected.get(key);
      if (inner === undefined && schema.additionalProperties === false) return false;
      if (inner !== undefined && !fits(inner, part)) return false;
    }
  }
  return true;
}

/** A change in plain words: what it is about, and its two values with their units. Made by rule, always the same. */
import { formatCount, formatExact, formatExactMoney, formatExactPercent, plural } from '@/lib/format';
import { categoryTitle } from './categories';
import {
  describeArguments,
  describeCondition,
  describeTool,
  FILTER_WORDS,
  listed,
  minutes,
  plain,
  TIER_WORDS,
} from './describe';
import { describeLadderStep, RUNNING_RUNS_WORDS, STEP_WORDS, triggerWords } from './describe-failure';
import { describeReview } from './describe-review';
import type { Change } from './diff';
import { isGroup } from './edit-value';
import {
  argumentSchemaSchema,
  conditionSchema,
  ladderStepSchema,
  ladderTriggerSchema,
  reviewSchema,
  toolSchema,
} from './schema';

/** `$` stands for the entry the clause is part of. */
const SUBJECTS: readonly (readonly [pattern: RegExp, subject: string])[] = [
  [/^scope\/tasks\/[^/]+$/, 'The task'],
  [/^scope\/tasks\/([^/]+)\/statement$/, 'The task $'],
  [/^scope\/actions$/, 'The kinds of action'],
  [/^scope\/forbidden\/[^/]+$/, 'The forbidden act'],
  [/^scope\/forbidden\/([^/]+)\/statement$/, 'The forbidden act $'],
  [/^scope\/forbidden\/([^/]+)\/tools$/, 'The forbidden act $, by tool'],
  [/^scope\/forbidden\/([^/]+)\/actions$/, 'The forbidden act $, by class'],
  [/^scope\/forbidden\/([^/]+)\/categories$/, 'The forbidden act $, by data'],
  [/^tools\/([^/]+)$/, 'The tool $'],
  [/^tools\/([^/]+)\/action$/, 'The class of $'],
  [/^tools\/([^/]+)\/categories$/, 'The data $ may touch'],
  [/^tools\/([^/]+)\/scopes$/, 'The access of $'],
  [/^tools\/([^/]+)\/filter$/, 'What is filtered out of $'],
  [/^tools\/([^/]+)\/filter\/[^/]+\/then$/, 'What is done with data filtered out of $'],
  [/^tools\/([^/]+)\/filter\/[^/]+\/statement$/, 'The words of a filter of $'],
  [/^tools\/([^/]+)\/filter\//, 'The data filtered out of $'],
  [/^tools\/([^/]+)\/arguments$/, 'The arguments of $'],
  [/^tools\/([^/]+)\/rateLimit$/, 'The rate limit of $'],
  [/^tools\/([^/]+)\/egress$/, 'Whether $ can carry data out'],
  [/^tools\/([^/]+)\/reversible$/, 'The way back from $'],
  [/^tools\/([^/]+)\/server$/, 'The system that offers $'],
  [/^tools\/([^/]+)\/timeoutSeconds$/, 'The time-out of $'],
  [/^tools\/([^/]+)\/idempotencyKey$/, 'What tells repeated calls of $'],
  [/^tools\/([^/]+)\/circuitBreaker/, 'The circuit breaker of $'],
  [/^tools\/([^/]+)\/description$/, 'The description of $'],
  [/^data\/domains\/([^/]+)/, 'The data domain $'],
  [/^authority\/level$/, 'The authority level'],
  [/^authority\/defaults\/(.+)$/, 'What holds for any other $ call'],
  [/^authority\/([^/]+)$/, 'The rule $'],
  [/^authority\/([^/]+)\/when$/, 'The rule $ holds when'],
  [/^authority\/([^/]+)\/tier$/, 'Under the rule $ the agent'],
  [/^authority\/([^/]+)\/by$/, 'Who decides under the rule $'],
  [/^authority\/([^/]+)\/withinMinutes$/, 'The time to decide under the rule $'],
  [/^authority\/([^/]+)\/tools$/, 'The tools of the rule $'],
  [/^authority\/([^/]+)\/actions$/, 'The classes of the rule $'],
  [/^authority\/([^/]+)\/statement$/, 'The words of the rule $'],
  [/^evidence\/([^/]+)\/maxAgeMinutes$/, 'The age of the evidence $'],
  [/^evidence\/([^/]+)/, 'The evidence $'],
  [/^policies\/([^/]+)\/version$/, 'The version of the policy $'],
  [/^policies\/([^/]+)/, 'The policy $'],
  [/^ownership\/sponsor$/, 'The sponsor'],
  [/^ownership\/engineeringLead$/, 'The engineering lead'],
  [/^ownership\/qa$/, 'QA'],
  [/^ownership\/grc$/, 'GRC'],
  [/^ownership\/operator$/, 'The operator on call'],
  [/^ownership\/sre$/, 'The SRE'],
  [/^ownership\/stakeholders$/, 'Those kept informed'],
  [/^ownership\/signOff$/, 'The sign-off chain'],
  [/^ownership\/escalation$/, 'The escalation path'],
  [/^risk\/categories\/(.+)$/, 'The risk weight of $ data'],
  [/^risk\/actions\/(.+)$/, 'The risk multiplier of a $ call'],
  [/^risk\/egress$/, 'The risk multiplier of carrying data out'],
  [/^risk\/audience\/kind$/, 'Whom it serves'],
  [/^risk\/audience\/factor$/, 'The risk factor of its audience'],
  [/^risk\/aggregate$/, 'How risk adds up'],
  [/^risk\/thresholds\/(.+)$/, 'The threshold of $ risk'],
  [/^risk\/detectors$/, 'The data looked for in content'],
  [/^quality\/technical\/latencyMs$/, 'The target for how long a run takes'],
  [/^quality\/technical\/errorRate$/, 'The share of a run that may fail'],
  [/^quality\/technical$/, 'The technical targets'],
  [/^quality\/criteria\/([^/]+)$/, 'The criterion $'],
  [/^quality\/criteria\/([^/]+)\/target$/, 'The target of $'],
  [/^quality\/criteria\/([^/]+)\/leastSamples$/, 'The least samples of $'],
  [/^quality\/criteria\/([^/]+)\/freshnessDays$/, 'The age of samples of $'],
  [/^quality\/criteria\/([^/]+)\/windowDays$/, 'The window of $'],
  [/^quality\/criteria\/([^/]+)\/.+$/, 'How $ is measured'],
  [/^quality\/review$/, 'The review by subject experts'],
  [/^quality\/review\/share$/, 'The share of runs that subject experts review'],
  [/^quality\/review\/silentShare$/, 'The share of silent runs that subject experts review'],
  [/^quality\/review\/reviewers$/, 'How many subject experts rate a run'],
  [/^quality\/review\/withinDays$/, 'How soon subject experts rate a run'],
  [/^quality\/score$/, "The weights of the score's pillars"],
  [/^quality\/score\/(.+)$/, 'The weight of $ in the score'],
  [/^cost\/perRun$/, 'The budget of a run'],
  [/^cost\/perDay$/, 'The budget of a day'],
  [/^cost\/perMonth$/, 'The budget of a month'],
  [/^cost\/tokensPerRun$/, 'The tokens a run may use'],
  [/^cost\/callsPerRun$/, 'The calls a run may make'],
  [/^cost\/repeatedCalls$/, 'How often the same call may be made'],
  [/^cost\/throttle/, 'The throttle'],
  [/^cost\/costPerAcceptedOutput$/, 'The cost of an accepted output'],
  [/^cost\/infrastructurePerHour$/, 'The price of its infrastructure'],
  [/^cost\/acceptedWhen$/, 'Which outcome says that an output was accepted'],
  [/^cost\/completedWhen$/, 'Which outcome says that a task was completed'],
  [/^cost\/onBreach\/(.+)$/, 'What follows when cost/$ is broken'],
  [/^failure\/(low|medium|high|critical)$/, 'What follows a $ breach'],
  [/^failure\/kinds\/(.+)$/, 'What it does on $'],
  [/^failure\/rollback$/, 'The rollback'],
  [/^failure\/killSwitch$/, 'Those who may stop it at once'],
  [/^failure\/runningRuns$/, 'What becomes of runs that have begun'],
  [/^failure\/codeRollback\/hook$/, 'The webhook endpoint that takes the code back'],
  [/^failure\/codeRollback\/to$/, 'The code version to go back to'],
  [/^failure\/codeRollback$/, 'The way back of the code'],
  [/^failure\/compensations\/([^/]+)\/approval$/, 'Who approves the compensation $'],
  [/^failure\/compensations\/([^/]+)\/withinMinutes$/, 'The time for the compensation $'],
  [/^failure\/ladder$/, 'The ladder'],
  [/^failure\/ladder\/([^/]+)$/, 'The ladder step $'],
  [/^failure\/ladder\/([^/]+)\/when$/, 'What sets off the ladder step $'],
  [/^failure\/ladder\/([^/]+)\/step$/, 'What the ladder step $ does'],
  [/^failure\/ladder\/([^/]+)\/to$/, 'The level the ladder step $ narrows to'],
  [/^failure\/ladder\/([^/]+)\/gate$/, 'The gate that ends the ladder step $'],
  [/^failure\/recovery$/, 'What must hold before it works again'],
  [/^failure\/recovery\/([^/]+)/, 'The recovery requirement $'],
  [/^failure\/compensations\/([^/]+)/, 'The compensation $'],
  [/^failure\/blastRadius/, 'The blast radius'],
  [/^versioning\/contract$/, 'The label'],
  [/^versioning\/code$/, 'The code version'],
  [/^versioning\/lastReviewed$/, 'The day of the last review'],
  [/^versioning\/reviewEveryDays$/, 'The time between reviews'],
  [/^versioning\/retentionDays$/, 'How long its runs are kept'],
  [/^versioning\/redact$/, 'The data whose content is never kept'],
  [/^identity\/name$/, 'Its name'],
  [/^identity\/agent$/, 'Its name in telemetry'],
  [/^identity\/aliases$/, 'Its other names in telemetry'],
  [/^identity\/class$/, 'What it is'],
  [/^identity\/businessUnit$/, 'The business unit'],
  [/^identity\/buildPattern$/, 'How it is built'],
  [/^identity\/principal$/, 'The identity it acts under'],
  [/^identity\/owner$/, 'The owner'],
  [/^identity\/delegation\/environments$/, 'The environments it is let into'],
  [/^identity\/delegation\/until$/, 'The end of its delegation'],
  [/^identity\/delegation\/by$/, 'Who enabled its autonomy'],
  [/^identity\/delegation\/on$/, 'The day its autonomy was enabled'],
  [/^identity\/description$/, 'Its description'],
  [/^extends$/, 'What it takes from the workspace defaults'],
];

/** What a clause is, at the head of a sentence: "The budget of a run". */
export function subjectOf(clause: string): string {
  for (const [pattern, subject] of SUBJECTS) {
    const match = pattern.exec(clause);
    if (match !== null)
      return subject.replace('$', () => (match[1] === '*' ? 'any tool not listed' : (match[1] ?? '')));
  }
  return clause;
}

/** The change as one sentence with its values. */
export function sentenceOf(change: Change): string {
  const subject = subjectOf(change.clause);
  if (change.rule === 'order') return `${subject}: the same entries in another order.`;
  const before = valueWords(change.clause, change.before);
  const after = valueWords(change.clause, change.after);
  if (before === null) return stop(`${subject}: new, ${after ?? 'nothing'}`);
  if (after === null) return stop(`${subject}: gone, ${before}`);
  return stop(`${subject}: ${before} → ${after}`);
}

function stop(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

const UNITS: readonly (readonly [pattern: RegExp, write: (value: number) => string])[] = [
  [/^cost\/(perRun|perDay|perMonth|costPerAcceptedOutput)$|^failure\/blastRadius\/amount$/, formatExactMoney],
  [/^cost\/infrastructurePerHour$/, (value) => `${formatExactMoney(value)} an hour`],
  [/^cost\/tokensPerRun$/, (value) => plural(value, 'token')],
  [/^cost\/callsPerRun$|\/throttle\/calls$/, (value) => plural(value, 'call')],
  [/^cost\/repeatedCalls$/, (value) => plural(value, 'time')],
  [/Minutes$/, (value) => minutes(value)],
  [/Seconds$/, (value) => `${formatExact(value)} s`],
  [/Days$/, (value) => plural(value, 'day')],
  [/latencyMs$/, (value) => `${formatExact(value / 1000)} s`],
  [/errorRate$/, (value) => formatExactPercent(value)],
  [/\/failures$/, (value) => `${plural(value, 'failure')} in a row`],
  [/leastSamples$/, (value) => plural(value, 'sample')],
  [/^quality\/review\/(share|silentShare)$/, (value) => formatExactPercent(value)],
  [/^quality\/review\/reviewers$/, (value) => `${formatCount(value)} for each`],
  [/\/records$/, (value) => plural(value, 'record')],
  [/^risk\/(actions\/|egress$|audience)/, (value) => `${formatExact(value)} times`],
];

/** A value of a clause in words, with its unit; null where there is none. Lists are joined; what is empty is "none". */
export function valueWords(clause: string, value: unknown): string | null {
  if (value === undefined) return null;
  if (typeof value === 'number')
    return (UNITS.find(([pattern]) => pattern.test(clause))?.[1] ?? ((each) => formatExact(each)))(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return textWords(clause, value);
  if (/^authority\/[^/]+\/when$/.test(clause)) return conditionWords(value);
  if (Array.isArray(value)) return listWords(clause, value);
  return isGroup(value) ? groupWords(clause, value) : String(value);
}

function textWords(clause: string, value: string): string {
  if (/\/categories$|^versioning\/redact$/.test(clause)) return categoryTitle(value);
  if (/^authority\/(defaults\/[^/]+|[^/]+\/tier)$/.test(clause))
    return Object.entries(TIER_WORDS).find(([tier]) => tier === value)?.[1] ?? value;
  if (/^tools\/[^/]+\/filter\/[^/]+\/then$/.test(clause))
    return Object.entries(FILTER_WORDS).find(([act]) => act === value)?.[1] ?? value;
  if (/^failure\/ladder\/[^/]+\/step$/.test(clause))
    return Object.entries(STEP_WORDS).find(([step]) => step === value)?.[1] ?? value;
  if (clause === 'failure/runningRuns')
    return Object.entries(RUNNING_RUNS_WORDS).find(([what]) => what === value)?.[1] ?? value;
  return value;
}

function conditionWords(value: unknown): string {
  const conditions = conditionSchema.array().safeParse(value);
  if (!conditions.success || conditions.data.length === 0) return 'always';
  return conditions.data.map((condition) => plain(describeCondition(condition))).join(', and ');
}

function listWords(clause: string, value: readonly unknown[]): string {
  if (value.length === 0)
    return /\/(tools|actions)$/.test(clause) && clause.startsWith('authority/') ? 'any' : 'none';
  return plain(
    listed(
      value.map((item) =>
        isGroup(item) && typeof item.to === 'string' && typeof item.afterMinutes === 'number'
          ? `${item.to} after ${minutes(item.afterMinutes)}`
          : typeof item === 'string'
            ? textWords(clause, item)
            : JSON.stringify(item),
      ),
    ),
  );
}

function groupWords(clause: string, value: Readonly<Record<string, unknown>>): string {
  const text = (key: string) => (typeof value[key] === 'string' ? value[key] : '');
  if (/^tools\/[^/]+$/.test(clause)) {
    const tool = toolSchema.safeParse(value);
    return tool.success ? plain(describeTool(tool.data)) : 'a tool';
  }
  if (/^tools\/[^/]+\/arguments$/.test(clause)) return schemaWords(value);
  if (/\/rateLimit$/.test(clause))
    return `${typeof value.calls === 'number' ? plural(value.calls, 'call') : ''} per ${text('per')}`;
  if (/\/filter\/[^/]+$/.test(clause)) {
    const data = listWords(`${clause}/categories`, Array.isArray(value.categories) ? value.categories : []);
    return `${data}, ${textWords(`${clause}/then`, text('then'))}`;
  }
  if (/^failure\/ladder\/[^/]+$/.test(clause)) {
    const step = ladderStepSchema.safeParse(value);
    return step.success ? plain(describeLadderStep(step.data)) : 'a step';
  }
  if (/^failure\/ladder\/[^/]+\/when$/.test(clause)) {
    const trigger = ladderTriggerSchema.safeParse(value);
    return trigger.success ? triggerWords(trigger.data) : 'a trigger';
  }
  if (/^failure\/codeRollback$/.test(clause))
    return `by ${text('hook')}${text('to') === '' ? '' : `, to ${text('to')}`}`;
  if (/^quality\/review$/.test(clause)) {
    const review = reviewSchema.safeParse(value);
    return review.success ? plain(describeReview(review.data)) : 'a rule';
  }
  if (/\/reversible$/.test(clause))
    return `by ${text('by')}${text('within') === '' ? '' : `, within ${text('within')}`}`;
  if (/^risk\/aggregate$/.test(clause))
    return value.rule === 'capped' && typeof value.share === 'number'
      ? `the highest and at most ${formatExactPercent(value.share)} of it more`
      : value.rule === 'sum'
        ? 'the sum of all'
        : 'the highest';
  if (/^authority\/[^/]+$/.test(clause)) {
    const tools = listWords(`${clause}/tools`, Array.isArray(value.tools) ? value.tools : []);
    const when = conditionWords(value.when);
    const by = text('by') === '' ? '' : ` (${text('by')})`;
    return `${tools === 'any' ? 'any tool' : tools}${when === 'always' ? '' : `, ${when}`}: ${textWords(`${clause}/tier`, text('tier'))}${by}`;
  }
  if (text('statement') !== '') return text('statement').replace(/\.$/, '');
  if (text('name') !== '') return `${text('name')}, version ${text('version')}`;
  if (text('tool') !== '') return `${text('tool')} by ${text('by')}`;
  return Object.entries(value)
    .map(([key, inner]) => `${key} ${valueWords(`${clause}/${key}`, inner) ?? ''}`)
    .join(', ');
}

/** The arguments one by one; how deep a schema goes is told by its YAML. */
function schemaWords(value: Readonly<Record<string, unknown>>): string {
  const schema = argumentSchemaSchema.safeParse(value);
  const lines = schema.success
    ? describeArguments({
        action: 'read',
        egress: false,
        scopes: [],
        categories: [],
        reversible: false,
        arguments: schema.data,
      })
    : [];
  return lines.length === 0
    ? `a schema of ${formatCount(JSON.stringify(value).length)} characters`
    : lines.join('; ');
}

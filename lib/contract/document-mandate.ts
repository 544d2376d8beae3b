import { plural } from '@/lib/format';
import { type ClauseText, clause, day, joined } from './clause-text';
import {
  category,
  describeArguments,
  describeFilters,
  describeTool,
  figure,
  listed,
  lowerFirst,
  minutes,
  type Part,
  person,
  tool,
  withStop,
} from './describe';
import type { Contract, Tool } from './schema';
import { DEFAULTS_AGENT } from './workspace-defaults';

export function identity({ identity: it }: Contract): ClauseText[] {
  const { by, on, environments, until } = it.delegation;
  // The workspace defaults are nobody's: what they say of an agent's build and names holds for none.
  if (it.agent === DEFAULTS_AGENT)
    return [
      clause('identity/description', withStop(it.description ?? it.class)),
      clause('identity/owner', person(it.owner), ' is accountable for them.'),
    ];
  return [
    ...(it.description === undefined ? [] : [clause('identity/description', withStop(it.description))]),
    clause('identity/class', withStop(it.class)),
    clause('identity/businessUnit', `Works for ${withStop(it.businessUnit)}`),
    clause('identity/buildPattern', `Built as: ${withStop(it.buildPattern)}`),
    clause(
      'identity/agent',
      'Known in telemetry as ',
      ...listed([tool(it.agent), ...it.aliases.map(tool)]),
      '.',
    ),
    clause('identity/principal', 'Acts under an identity of its own: ', tool(it.principal), '.'),
    clause('identity/owner', person(it.owner), ' is accountable for it.'),
    clause(
      'identity/delegation',
      person(by),
      ` enabled its autonomy on ${day(on)} in `,
      ...listed(environments),
      until === undefined ? '.' : `, until ${day(until)}.`,
    ),
  ];
}

export function scope({ scope: it }: Contract): ClauseText[] {
  const kinds = ['read', 'draft', 'recommend', 'execute'] as const;
  const others = kinds.filter((kind) => !it.actions.includes(kind));
  return [
    clause(
      'scope/actions',
      'May ',
      ...listed(kinds.filter((kind) => it.actions.includes(kind)).map(figure)),
      others.length === 0 ? '.' : `; it may not ${others.join(' or ')}.`,
    ),
    ...it.tasks.map((task) => clause(`scope/tasks/${task.id}`, withStop(task.statement))),
    ...it.forbidden.map((act) => {
      const means: Part[][] = [];
      if (act.tools.length > 0) means.push(['calling ', ...listed(act.tools.map(tool), ' or ')]);
      if (act.actions.length > 0) means.push([`any ${act.actions.join(' or ')} call`]);
      if (act.categories.length > 0)
        means.push(['touching ', ...listed(act.categories.map(category), ' or '), ' data']);
      return clause(
        `scope/forbidden/${act.id}`,
        figure('Forbidden: '),
        withStop(lowerFirst(act.statement.replace(/^never\s+/i, ''))),
        ...(means.length === 0
          ? [' No tool is bound to it, so no call is refused because of it.']
          : [' That is ', ...joined(means, ', or '), '.']),
      );
    }),
  ];
}

export function tools({ tools: entries, data }: Contract): ClauseText[] {
  return [
    ...Object.entries(entries).map(([name, entry]): ClauseText => {
      const lines = describeArguments(entry);
      return {
        path: `tools/${name}`,
        sentence: [
          ...(name === '*' ? anyTool(entry) : describeTool(entry)),
          ...(entry.scopes.length === 0 ? [] : [' With the scopes ', ...listed(entry.scopes.map(tool)), '.']),
        ],
        ...(lines.length === 0 ? {} : { details: { title: plural(lines.length, 'argument'), lines } }),
      };
    }),
    ...data.domains.map((domain) =>
      clause(
        `data/domains/${domain.id}`,
        { read: 'Reads: ', write: 'Writes: ', 'read-write': 'Reads and writes: ' }[domain.access],
        withStop(lowerFirst(domain.statement)),
      ),
    ),
  ];
}

/** What the entry `*` says of the tools that no entry of their own speaks for. */
function anyTool(entry: Tool): Part[] {
  return [
    'A tool that is not listed is flagged, not refused. It counts as one that ',
    { read: 'reads', write: 'writes', transact: 'transacts' }[entry.action],
    ...(entry.categories.length === 0
      ? [' and may touch no data category.']
      : [' and may touch ', ...listed(entry.categories.map(category)), ' data.']),
    ...describeFilters(entry),
    ...(entry.egress ? [' It can carry data out of the company.'] : []),
    ...(entry.description === undefined ? [] : [` ${withStop(entry.description)}`]),
  ];
}

const LEVELS: Record<Contract['authority']['level'], string> = {
  'suggest-only': 'It may suggest; a person does everything.',
  'read-only': 'It may read by itself; it changes nothing.',
  'human-in-the-loop': 'It may act, with a person in the loop for every change.',
  bounded: 'It may act by itself within the bounds below.',
  continuous: 'It may act by itself without end, within the bounds below.',
};

export function authority({ authority: it }: Contract): ClauseText[] {
  return [
    clause('authority/level', figure(it.level.replaceAll('-', ' ')), `: ${lowerFirst(LEVELS[it.level])}`),
  ];
}

const REQUIRES: Record<Contract['evidence'][number]['requires'], string> = {
  'policy-version': 'the version of the policy that was applied',
  source: 'a source with its provenance',
  'complete-fields': 'every field',
  'no-conflict': 'records that do not contradict each other',
};

export function evidence({ evidence: items }: Contract): ClauseText[] {
  return items.map((item) =>
    clause(
      `evidence/${item.id}`,
      'Before ',
      ...listed(item.before.map(tool), ' or '),
      `: ${withStop(lowerFirst(item.statement))} Needs ${REQUIRES[item.requires]}`,
      ...(item.fields.length === 0 ? [] : [' (', ...listed(item.fields.map(tool)), ')']),
      item.maxAgeMinutes === undefined ? '.' : `, at most ${minutes(item.maxAgeMinutes)} old.`,
    ),
  );
}

export function policies({ policies: items }: Contract): ClauseText[] {
  return items.map((item) => ({
    ...clause(
      `policies/${item.id}`,
      item.name,
      ', version ',
      figure(item.version),
      item.scenarios === undefined ? '.' : `, tested by ${withStop(item.scenarios)}`,
    ),
    ...(item.link === undefined ? {} : { link: item.link }),
  }));
}

export function ownership({ ownership: it }: Contract): ClauseText[] {
  return [
    clause('ownership/sponsor', person(it.sponsor), ' sponsors it.'),
    clause('ownership/engineeringLead', person(it.engineeringLead), ' leads its engineering.'),
    clause('ownership/qa', person(it.qa), ' tests it.'),
    clause('ownership/grc', person(it.grc), ' answers for governance, risk and compliance.'),
    clause('ownership/operator', person(it.operator), ' is the operator on call and is paged first.'),
    clause('ownership/sre', person(it.sre), ' keeps it running.'),
    ...(it.stakeholders.length === 0
      ? []
      : [clause('ownership/stakeholders', 'Kept informed: ', ...listed(it.stakeholders.map(person)), '.')]),
    ...(it.signOff.length === 0
      ? []
      : [clause('ownership/signOff', `Signed off by ${it.signOff.join(', then ')}.`)]),
    it.escalation.length === 0
      ? clause('ownership/escalation', 'Nobody else is paged when a page goes unanswered.')
      : clause(
          'ownership/escalation',
          'A page that goes unanswered is passed on to ',
          ...joined(
            it.escalation.map((step) => [person(step.to), ` after ${minutes(step.afterMinutes)}`]),
            ', then to ',
          ),
          '.',
        ),
  ];
}

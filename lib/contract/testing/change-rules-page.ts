/** The table of docs/contract-changes.md, made from the rules and the fields they speak of. */
import { ROUTE_WORDS } from '../change-row';
import { CHANGE_RULES, type RuleId } from '../change-rules';
import { type Fields, type Node, SHAPE } from '../diff-shape';

/** The clauses each rule speaks of, entries as `<id>`. */
export function clausesOfRules(): Map<RuleId, string[]> {
  const found = new Map<RuleId, string[]>();
  const note = (rule: RuleId, clause: string) => {
    const clauses = found.get(rule) ?? [];
    if (!clauses.includes(clause)) clauses.push(clause);
    found.set(rule, clauses);
  };
  const visit = (node: Node, clause: string): void => {
    switch (node.kind) {
      case 'leaf':
        note(node.judge.rule, clause);
        if (node.presence.rule !== node.judge.rule) note(node.presence.rule, clause);
        if (node.figures) note('rule-figure', clause);
        if (node.judge.other !== undefined) note(node.judge.other.rule, clause);
        return;
      case 'set':
        note(node.rule, clause);
        return;
      case 'group':
        if (node.presence !== undefined) note(node.presence.rule, clause);
        visitAll(node.fields, clause);
        return;
      case 'entries':
        note(node.presence.rule, `${node.under ?? clause}/<id>`);
        if (node.presence.other !== undefined) note(node.presence.other.rule, `${node.under ?? clause}/<id>`);
        visitAll(node.fields, `${node.under ?? clause}/<id>`);
        return;
      case 'values':
        note(node.judge.rule, `${clause}/<id>`);
    }
  };
  const visitAll = (fields: Fields, clause: string) => {
    for (const [key, node] of Object.entries(fields))
      if (key !== 'id') visit(node, clause === '' ? key : `${clause}/${key}`);
  };
  visitAll(SHAPE, '');
  return found;
}

/** The table in Markdown, one row for each rule. */
export function changeRulesPage(): string {
  const clauses = clausesOfRules();
  const rows = CHANGE_RULES.map((rule) => {
    const named =
      rule.id === 'order' ? ['any list'] : (clauses.get(rule.id) ?? []).map((clause) => `\`${clause}\``);
    const { wider, narrower, neutral } = rule.routes;
    const routes =
      rule.wider === null
        ? ['–', '–', title(neutral)]
        : [`${title(wider)}: ${rule.why.wider}`, `${title(narrower)}: ${rule.why.narrower}`, title(neutral)];
    const what = rule.wider === null ? rule.what : `${rule.what}; wider is ${rule.wider}`;
    return `| \`${rule.id}\` | ${what} | ${named.join(', ')} | ${routes.join(' | ')} |`;
  });
  return [
    '| rule | what | clauses | wider | narrower | neutral |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function title(route: keyof typeof ROUTE_WORDS): string {
  return ROUTE_WORDS[route].title;
}

/** Changes that take something away from a contract, as docs/decision.md lists them. None may widen an answer. */
import fc from 'fast-check';
import type { Policy } from '../types';
import { anyAct, anyRestriction, LEVELS } from './random';

type Narrowing = (policy: Policy) => Policy;
type Rule = Policy['authority']['rules'][number];

const TIERS = ['alone', 'approval', 'escalation', 'never'] as const;
const ON_BREACH = ['log', 'page', 'pause'] as const;
const CEILINGS = ['perRun', 'perDay', 'perMonth', 'tokensPerRun', 'callsPerRun', 'repeatedCalls'] as const;

/** Which one to change, as a share of how many there are. */
const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
function at<T>(list: readonly T[], where: number): T | undefined {
  return list[Math.floor(where * list.length)];
}

function withTool(
  policy: Policy,
  where: number,
  change: (tool: Policy['tools'][string]) => Policy['tools'][string],
) {
  const chosen = at(Object.entries(policy.tools), where);
  if (chosen === undefined) return policy;
  return { ...policy, tools: { ...policy.tools, [chosen[0]]: change(chosen[1]) } };
}

function withRules(policy: Policy, rules: readonly Rule[]): Policy {
  return { ...policy, authority: { ...policy.authority, rules } };
}

const removeTool = share.map(
  (where): Narrowing =>
    (policy) => {
      // Where `*` speaks for tools without an entry, taking an entry away may well give more.
      if (Object.hasOwn(policy.tools, '*')) return policy;
      const chosen = at(Object.keys(policy.tools), where);
      return {
        ...policy,
        tools: Object.fromEntries(Object.entries(policy.tools).filter(([name]) => name !== chosen)),
      };
    },
);

const removeWildcard = fc.constant<Narrowing>((policy) => ({
  ...policy,
  tools: Object.fromEntries(Object.entries(policy.tools).filter(([name]) => name !== '*')),
}));

const addForbidden = anyAct.map(
  (act): Narrowing =>
    (policy) => ({
      ...policy,
      scope: { ...policy.scope, forbidden: [...policy.scope.forbidden, { id: 'added', ...act }] },
    }),
);

const forbidMore = fc.tuple(share, anyAct).map(
  ([where, more]): Narrowing =>
    (policy) => {
      const chosen = at(policy.scope.forbidden, where);
      return {
        ...policy,
        scope: {
          ...policy.scope,
          forbidden: policy.scope.forbidden.map((act) =>
            act === chosen
              ? {
                  id: act.id,
                  tools: [...act.tools, ...more.tools],
                  actions: [...act.actions, ...more.actions],
                  categories: [...act.categories, ...more.categories],
                }
              : act,
          ),
        },
      };
    },
);

const removeAction = share.map(
  (where): Narrowing =>
    (policy) => {
      const chosen = at(policy.scope.actions, where);
      return {
        ...policy,
        scope: { ...policy.scope, actions: policy.scope.actions.filter((action) => action !== chosen) },
      };
    },
);

const lowerLevel = share.map(
  (where): Narrowing =>
    (policy) => ({
      ...policy,
      authority: {
        ...policy.authority,
        level: at(LEVELS.slice(0, LEVELS.indexOf(policy.authority.level) + 1), where) ?? 'suggest-only',
      },
    }),
);

const raiseDefault = fc
  .tuple(fc.constantFrom('read' as const, 'write' as const, 'transact' as const), share)
  .map(
    ([action, where]): Narrowing =>
      (policy) => {
        const stricter = TIERS.slice(TIERS.indexOf(policy.authority.defaults[action]));
        return {
          ...policy,
          authority: {
            ...policy.authority,
            defaults: { ...policy.authority.defaults, [action]: at(stricter, where) ?? 'never' },
          },
        };
      },
  );

const addRestriction = fc.tuple(share, anyRestriction).map(
  ([where, rule]): Narrowing =>
    (policy) => {
      const { rules } = policy.authority;
      const position = Math.floor(where * (rules.length + 1));
      return withRules(policy, rules.toSpliced(position, 0, { id: 'added', ...rule }));
    },
);

const tightenRestriction = fc.tuple(share, share).map(
  ([where, how]): Narrowing =>
    (policy) => {
      const chosen = at(
        policy.authority.rules.filter((rule) => rule.tier !== 'alone'),
        where,
      );
      if (chosen === undefined) return policy;
      const tighter: Rule =
        how < 0.25
          ? { ...chosen, tier: 'never' }
          : how < 0.5
            ? { ...chosen, when: chosen.when.slice(1) }
            : how < 0.75
              ? { ...chosen, tools: [] }
              : { ...chosen, actions: [] };
      return withRules(
        policy,
        policy.authority.rules.map((rule) => (rule === chosen ? tighter : rule)),
      );
    },
);

const removeFreedom = share.map(
  (where): Narrowing =>
    (policy) => {
      const chosen = at(
        policy.authority.rules.filter((rule) => rule.tier === 'alone'),
        where,
      );
      return withRules(
        policy,
        policy.authority.rules.filter((rule) => rule !== chosen),
      );
    },
);

const removeCategory = fc.tuple(share, share).map(
  ([where, which]): Narrowing =>
    (policy) =>
      withTool(policy, where, (tool) => {
        const chosen = at(tool.categories, which);
        return { ...tool, categories: tool.categories.filter((category) => category !== chosen) };
      }),
);

const removeFilter = fc.tuple(share, share).map(
  ([where, which]): Narrowing =>
    (policy) =>
      withTool(policy, where, (tool) => {
        const chosen = at(tool.filter ?? [], which);
        return { ...tool, filter: tool.filter?.filter((filter) => filter !== chosen) };
      }),
);

const filterLess = fc.tuple(share, share).map(
  ([where, which]): Narrowing =>
    (policy) =>
      withTool(policy, where, (tool) => ({
        ...tool,
        filter: tool.filter?.map((filter) => {
          const chosen = at(filter.categories, which);
          return { ...filter, categories: filter.categories.filter((category) => category !== chosen) };
        }),
      })),
);

const tightenSchema = fc.tuple(share, fc.constantFrom('amount', 'to', 'note'), share).map(
  ([where, key, how]): Narrowing =>
    (policy) =>
      withTool(policy, where, (tool) => {
        const schema = tool.arguments ?? {};
        if (how < 0.3)
          return { ...tool, arguments: { ...schema, required: [...(schema.required ?? []), key] } };
        if (how < 0.6) return { ...tool, arguments: { ...schema, additionalProperties: false } };
        const inner =
          (Object.hasOwn(schema.properties ?? {}, key) ? schema.properties?.[key] : undefined) ?? {};
        const maximum = Math.min(inner.maximum ?? Number.POSITIVE_INFINITY, 5);
        // A property that was not described was not checked, but it was expected only if others were: keep that.
        if (schema.additionalProperties === false && !Object.hasOwn(schema.properties ?? {}, key))
          return tool;
        return {
          ...tool,
          arguments: { ...schema, properties: { ...schema.properties, [key]: { ...inner, maximum } } },
        };
      }),
);

const lowerRate = fc.tuple(share, fc.integer({ min: 1, max: 3 })).map(
  ([where, calls]): Narrowing =>
    (policy) =>
      withTool(policy, where, (tool) => ({
        ...tool,
        rateLimit: {
          per: tool.rateLimit?.per ?? 'run',
          calls: Math.min(tool.rateLimit?.calls ?? calls, calls),
        },
      })),
);

const lowerCeiling = fc.tuple(fc.constantFrom(...CEILINGS), fc.integer({ min: 1, max: 6 })).map(
  ([key, value]): Narrowing =>
    (policy) => ({
      ...policy,
      cost: { ...policy.cost, [key]: Math.min(policy.cost[key] ?? value, value) },
    }),
);

const answerStricter = fc.tuple(fc.constantFrom(...CEILINGS), share).map(
  ([key, where]): Narrowing =>
    (policy) => {
      const now = policy.cost.onBreach[key];
      const stricter = ON_BREACH.slice(ON_BREACH.indexOf(now === 'warn' ? 'log' : now));
      return {
        ...policy,
        cost: {
          ...policy.cost,
          onBreach: { ...policy.cost.onBreach, [key]: at(stricter, where) ?? 'pause' },
        },
      };
    },
);

export const NARROWINGS: Readonly<Record<string, fc.Arbitrary<Narrowing>>> = {
  'removing a tool': removeTool,
  'removing the entry for unlisted tools': removeWildcard,
  'adding a forbidden act': addForbidden,
  'forbidding more by an act': forbidMore,
  'removing a permitted action': removeAction,
  'lowering the authority level': lowerLevel,
  'raising a default': raiseDefault,
  'adding a restricting rule': addRestriction,
  'tightening a restricting rule': tightenRestriction,
  'removing a freeing rule': removeFreedom,
  'removing a category from a tool': removeCategory,
  'removing a filter': removeFilter,
  'filtering less data, and refusing it': filterLess,
  'tightening an argument schema': tightenSchema,
  'lowering or adding a rate limit': lowerRate,
  'lowering or adding a ceiling': lowerCeiling,
  'answering a broken ceiling more strictly': answerStricter,
};

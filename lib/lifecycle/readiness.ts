import { AUTHORITY_LEVELS, type AuthorityLevel } from '../contract/schema';

/** One answer of a question: what it says, and the most an agent may do by itself under it. */
interface Answer {
  id: string;
  label: string;
  ceiling: AuthorityLevel;
}

interface Question {
  id: string;
  title: string;
  asks: string;
  /** From the least ready to the most. */
  answers: readonly Answer[];
}

/**
 * The five questions of autonomy readiness. Each answer allows at most one of the five execution patterns; a better answer
 * never allows less. docs/evidence.md is held against this table by a test.
 */
export const READINESS_QUESTIONS = [
  {
    id: 'frequency',
    title: 'Frequency',
    asks: 'How often does the same work come up?',
    answers: [
      { id: 'once', label: 'One-off or bespoke', ceiling: 'suggest-only' },
      { id: 'monthly', label: 'A few times a month', ceiling: 'human-in-the-loop' },
      { id: 'daily', label: 'Every day', ceiling: 'bounded' },
      { id: 'always', label: 'All the time, as events arrive', ceiling: 'continuous' },
    ],
  },
  {
    id: 'reversibility',
    title: 'Reversibility',
    asks: 'What does it take to undo a wrong action?',
    answers: [
      { id: 'never', label: 'It cannot be undone', ceiling: 'human-in-the-loop' },
      { id: 'costly', label: 'Undone with effort or loss', ceiling: 'human-in-the-loop' },
      { id: 'easily', label: 'Undone at little cost', ceiling: 'bounded' },
      { id: 'nothing', label: 'Nothing takes effect by itself', ceiling: 'continuous' },
    ],
  },
  {
    id: 'observability',
    title: 'Observability',
    asks: 'How do you know that a run went well?',
    answers: [
      { id: 'hidden', label: 'A matter of taste, or not known', ceiling: 'suggest-only' },
      { id: 'sampled', label: 'People look at samples', ceiling: 'human-in-the-loop' },
      { id: 'measured', label: 'Clear criteria, measured afterwards', ceiling: 'bounded' },
      { id: 'live', label: 'Clear criteria, measured on every run at once', ceiling: 'continuous' },
    ],
  },
  {
    id: 'policy-clarity',
    title: 'Policy clarity',
    asks: 'How far are the rules written down?',
    answers: [
      { id: 'depends', label: 'It depends on who decides', ceiling: 'read-only' },
      { id: 'guidelines', label: 'Guidelines that need judgement', ceiling: 'human-in-the-loop' },
      { id: 'rules', label: 'Rules that cover most cases', ceiling: 'bounded' },
      { id: 'enforced', label: 'Rules a machine can check, all of them', ceiling: 'continuous' },
    ],
  },
  {
    id: 'data-sensitivity',
    title: 'Data sensitivity',
    asks: 'What data does the work touch?',
    answers: [
      { id: 'unbounded', label: 'Sensitive data, without clear bounds', ceiling: 'suggest-only' },
      { id: 'segmented', label: 'Sensitive data, segmented and with set retention', ceiling: 'bounded' },
      { id: 'internal', label: 'Internal data, not sensitive', ceiling: 'continuous' },
      { id: 'public', label: 'Public data only', ceiling: 'continuous' },
    ],
  },
] as const satisfies readonly Question[];

export type QuestionId = (typeof READINESS_QUESTIONS)[number]['id'];

/** The five execution patterns, as people call them. */
export const STANCE_WORDS: Readonly<Record<AuthorityLevel, { title: string; means: string }>> = {
  'suggest-only': { title: 'Suggest only', means: 'it proposes, and a person does the work' },
  'read-only': { title: 'Read only', means: 'it looks up and reasons, and changes nothing' },
  'human-in-the-loop': {
    title: 'Human in the loop',
    means: 'it acts once a person has approved the action',
  },
  bounded: { title: 'Bounded', means: 'it acts by itself within limits' },
  continuous: { title: 'Continuous', means: 'it runs always, and acts by itself' },
};

export interface Readiness {
  stance: AuthorityLevel;
  /** The questions whose answers allow no more than the stance. */
  heldBy: QuestionId[];
}

/**
 * The stance that answers imply: the least of what each of them allows. Pure. Throws RangeError for an answer that the
 * question does not have.
 */
export function readinessOf(answers: Readonly<Record<QuestionId, string>>): Readiness {
  const ceilings = READINESS_QUESTIONS.map((question) => ({
    id: question.id,
    rank: AUTHORITY_LEVELS.indexOf(ceilingOf(question, answers[question.id])),
  }));
  const rank = Math.min(...ceilings.map((each) => each.rank));
  return {
    stance: AUTHORITY_LEVELS[rank] ?? 'suggest-only',
    heldBy: ceilings.filter((each) => each.rank === rank).map((each) => each.id),
  };
}

function ceilingOf(question: Question, answer: string): AuthorityLevel {
  const found = question.answers.find(({ id }) => id === answer);
  if (found === undefined) throw new RangeError(`"${question.id}" has no answer "${answer}".`);
  return found.ceiling;
}
